/** HTTP actions. */
import { httpActionGeneric, httpRouter, makeFunctionReference } from "convex/server"
import { ConvexError } from "convex/values"

export const http = httpRouter()
const httpAction = httpActionGeneric
const addReference = makeFunctionReference<"mutation", { name: string; amount: number }, number>(
  "counters:add",
)
const readReference = makeFunctionReference<"query", { name: string }, number>("counters:read")
const twiceReference = makeFunctionReference<"action", { name: string }, number>("later:addTwice")
const secretReference = makeFunctionReference<"query", Record<string, never>, number>(
  "messages:secretCount",
)

/** Answers with who it is and what it was asked. */
function named(name: string) {
  return httpAction((_ctx, { method, url }) =>
    Promise.resolve(Response.json({ name, method, path: new URL(url).pathname })),
  )
}

http.route({ path: "/", method: "GET", handler: named("root") })
http.route({ path: "/files/exact", method: "GET", handler: named("exact") })
http.route({ pathPrefix: "/files/", method: "GET", handler: named("prefix") })
http.route({ pathPrefix: "/files/deep/", method: "GET", handler: named("longer prefix") })
http.route({ path: "/files/exact", method: "DELETE", handler: named("delete") })

const echo = httpAction(async (_ctx, request) => {
  const headers = new Headers({ "x-seen": request.headers.get("x-given") ?? "" })
  headers.append("set-cookie", "a=1; Path=/")
  headers.append("set-cookie", "b=2")
  return new Response(await request.bytes(), { status: 201, headers })
})

http.route({ path: "/echo", method: "POST", handler: echo })
http.route({ path: "/echo", method: "PUT", handler: echo })

/** Answers while it is asked. */
const upper = httpAction((_ctx, request) => {
  const text = new TransformStream<string, string>({
    transform: (chunk, controller) => controller.enqueue(chunk.toUpperCase()),
  })
  const bytes = new TextEncoderStream()
  const body = request.body?.pipeThrough(new TextDecoderStream()).pipeThrough(text)
  return Promise.resolve(new Response(body?.pipeThrough(bytes)))
})

http.route({ path: "/upper", method: "POST", handler: upper })

const text = httpAction((_ctx, request) => {
  const length = Number(new URL(request.url).searchParams.get("length") ?? 5)
  return Promise.resolve(new Response("x".repeat(length)))
})

const sized = httpAction(() =>
  Promise.resolve(new Response("sized", { headers: { "content-length": "5" } })),
)

http.route({ path: "/text", method: "GET", handler: text })
http.route({ path: "/sized", method: "GET", handler: sized })

const length = httpAction(async (_ctx, request) =>
  Response.json((await request.bytes()).byteLength),
)

http.route({ path: "/length", method: "POST", handler: length })

const everything = httpAction(async (ctx) => {
  await ctx.runMutation(addReference, { name: "http", amount: 1 })
  await ctx.runAction(twiceReference, { name: "http" })
  const count = await ctx.runQuery(readReference, { name: "http" })
  await ctx.scheduler.runAfter(0, addReference, { name: "http", amount: 10 })
  return Response.json({
    count,
    internal: await ctx.runQuery(secretReference, {}),
    identity: await ctx.auth.getUserIdentity(),
    site: process.env["CONVEX_SITE_URL"],
  })
})

http.route({ path: "/everything", method: "GET", handler: everything })

const failing = httpAction(() => {
  console.log("about to fail")
  throw new Error("the password is swordfish")
})

http.route({ path: "/fail", method: "GET", handler: failing })

const refusing = httpAction(() => {
  throw new ConvexError({ code: "refused" })
})

http.route({ path: "/refuse", method: "GET", handler: refusing })

const nothing = httpActionGeneric(() => Promise.resolve(JSON.parse("{}")))

http.route({ path: "/nothing", method: "GET", handler: nothing })

/** A number for each chunk, counted in the database, for as long as somebody reads; 100 of them unless `endless`. */
const counting = httpAction((ctx, request) => {
  const { searchParams } = new URL(request.url)
  const name = searchParams.get("name") ?? "counting"
  const isEndless = searchParams.has("endless")
  const body = new ReadableStream({
    pull: async (controller) => {
      const count = await ctx.runMutation(addReference, { name, amount: 1 })
      controller.enqueue(new TextEncoder().encode(`${count}\n`))
      if (count === 100 && !isEndless) controller.close()
    },
    cancel: async () => {
      console.log("cancelled")
      await ctx.runMutation(addReference, { name: `${name} cancelled`, amount: 1 })
    },
  })
  return Promise.resolve(new Response(body))
})

http.route({ path: "/counting", method: "GET", handler: counting })

/** Has always something more to say, and waits for nobody. */
const babbling = httpAction((ctx) => {
  const cancel = async () => {
    await ctx.runMutation(addReference, { name: "unwanted", amount: 1 })
  }
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>) =>
    controller.enqueue(new Uint8Array(1))
  return Promise.resolve(new Response(new ReadableStream({ pull, cancel })))
})

http.route({ path: "/babbling", method: "GET", handler: babbling })

const failingLater = httpAction(() => {
  let chunks = 0
  const body = new ReadableStream({
    pull: async (controller) => {
      await Promise.resolve()
      chunks += 1
      if (chunks > 2) throw new Error("in the middle")
      controller.enqueue(new Uint8Array(10))
    },
  })
  return Promise.resolve(new Response(body))
})

http.route({ path: "/fail-later", method: "GET", handler: failingLater })

/** Answers when its counter is no longer 1, and counts when nobody wants to read it. */
const waiting = httpAction(async (ctx) => {
  await ctx.runMutation(addReference, { name: "waiting", amount: 1 })
  while ((await ctx.runQuery(readReference, { name: "waiting" })) === 1) {
    await new Promise((resolve) => {
      setTimeout(resolve, 1)
    })
  }
  const cancel = async () => {
    await ctx.runMutation(addReference, { name: "unwanted", amount: 1 })
  }
  return new Response(new ReadableStream({ cancel }))
})

http.route({ path: "/waiting", method: "GET", handler: waiting })

const never = httpAction(() => new Promise<Response>(() => undefined))

http.route({ path: "/never", method: "GET", handler: never })

/** Sends on what somebody else answers. */
const fetched = httpAction((_ctx, request) =>
  fetch(new URL(request.url).searchParams.get("url") ?? ""),
)

http.route({ path: "/fetched", method: "GET", handler: fetched })

const preflight = httpAction(() =>
  Promise.resolve(
    new Response(null, { status: 204, headers: { "access-control-allow-origin": "*" } }),
  ),
)

http.route({ path: "/cross", method: "OPTIONS", handler: preflight })
http.route({ path: "/cross", method: "GET", handler: named("cross") })
