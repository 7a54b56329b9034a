/** Functions that misbehave. */
import { makeFunctionReference } from "convex/server"
import { v } from "convex/values"
import { action, mutation, query } from "./server.ts"

/** Never ends, with a write that must not survive. */
export const loop = mutation({
  args: {},
  handler: async (ctx) => {
    await ctx.db.insert("counters", { name: "loop", value: 1 })
    for (;;) if (Math.random() > 2) return null
  },
})

export const waitForever = mutation({
  args: {},
  handler: async (ctx) => {
    await ctx.db.insert("counters", { name: "waiting", value: 1 })
    await new Promise(() => undefined)
  },
})

export const clock = query({
  args: { salt: v.number() },
  handler: async (ctx) => {
    const before = Date.now()
    const until = performance.now() + 5
    while (performance.now() < until);
    await ctx.db.query("counters").first()
    return [before, Date.now(), new Date().getTime()]
  },
})

export const usesTimer = query({
  args: {},
  handler: () => {
    setTimeout(() => undefined, 1)
    return null
  },
})

export const usesFetch = query({
  args: {},
  handler: async () => {
    await fetch("http://127.0.0.1:1/")
    return null
  },
})

export const logs = mutation({
  args: {},
  handler: () => {
    console.log("hello", { answer: 42 })
    console.warn("careful")
    return null
  },
})

/** Waits without a timer, which mutations do not have. */
async function wait(ms: number): Promise<void> {
  const until = performance.now() + ms
  while (performance.now() < until) await crypto.subtle.digest("SHA-256", new Uint8Array(1))
}

const waitThenWriteReference = makeFunctionReference<"mutation", { ms: number }, null>(
  "trouble:waitThenWrite",
)

export const waitThenWrite = mutation({
  args: { ms: v.number() },
  handler: async (ctx, { ms }) => {
    await ctx.db.insert("counters", { name: "early", value: 1 })
    await wait(ms)
    await ctx.db.insert("counters", { name: "late", value: 1 })
    return null
  },
})

/** Is out of time while the mutation that it called still has some. */
export const outlivedByNested = mutation({
  args: { before: v.number(), nested: v.number() },
  handler: async (ctx, { before, nested }) => {
    await wait(before)
    await ctx.runMutation(waitThenWriteReference, { ms: nested })
    return null
  },
})

/** Returns before the mutation that it called. */
export const floatingNested = mutation({
  args: { ms: v.number() },
  handler: (ctx, args) => {
    void ctx.runMutation(waitThenWriteReference, args)
    return null
  },
})

/** Fails after it has answered, where nobody can catch it. */
export const throwsLater = action({
  args: {},
  handler: () => {
    setTimeout(() => {
      throw new Error("uncaught, on purpose")
    }, 1)
    void Promise.reject(new Error("unhandled, on purpose"))
    return null
  },
})

const tell = () => {
  console.log("about to fail")
  throw new Error("the password is swordfish")
}

export const failingQuery = query({ args: {}, handler: tell })
export const failingMutation = mutation({ args: {}, handler: tell })
export const failingAction = action({ args: {}, handler: tell })

const failingReference = makeFunctionReference<"mutation", Record<string, never>, null>(
  "trouble:failingMutation",
)

export const reasonOfNested = action({
  args: {},
  handler: (ctx): Promise<string> => ctx.runMutation(failingReference, {}).then(String, String),
})
