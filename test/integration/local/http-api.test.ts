/** Convex's HTTP API, request by request, and the errors that functions get. */
import { describe, expect, test } from "bun:test"
import { timestampToWire } from "../../../src/local/values/timestamps.ts"
import { api } from "../../support/convex-functions/api.js"
import { type TestDeployment, openTestDeployment } from "../../support/local-deployment.ts"

interface Answer {
  readonly status: "success" | "error"
  readonly value?: unknown
  readonly errorMessage?: string
  readonly errorData?: unknown
  readonly logLines: readonly string[]
}

async function post(
  deployment: TestDeployment,
  route: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(`${deployment.url}/api/${route}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  })
  expect(response.status).toBe(200)
  const answer: Answer = JSON.parse(await response.text())
  return answer
}

/** What a failed call says, without the number of the request. */
async function errorOf(call: Promise<Answer>): Promise<string> {
  const { errorMessage = "" } = await call
  expect(errorMessage).toMatch(/^\[Request ID: [0-9a-f]{16}\] Server Error\n/)
  return errorMessage.slice(errorMessage.indexOf("\n") + 1)
}

describe("routes", () => {
  test("query, mutation, action-less function and run by name reach the same functions", async () => {
    await using deployment = await openTestDeployment()
    const sent = await post(deployment, "mutation", {
      path: "messages:send",
      format: "convex_encoded_json",
      args: [{ channel: "a", body: "hi" }],
    })
    expect(sent).toMatchObject({ status: "success", logLines: [] })
    const args = { channel: "a" }
    const byQuery = await post(deployment, "query", { path: "messages:first", args })
    expect(byQuery.value).toMatchObject({ _id: sent.value, body: "hi" })
    expect(await post(deployment, "function", { path: "messages:first", args })).toEqual(byQuery)
    expect(await post(deployment, "run/messages/first", { args })).toEqual(byQuery)
    const asJson = { path: "messages:first", args, format: "json" }
    expect(await post(deployment, "query", asJson)).toEqual(byQuery)
    const url = new URL(`${deployment.url}/api/query`)
    url.search = String(new URLSearchParams({ path: "messages:first", args: JSON.stringify(args) }))
    expect(await (await fetch(url)).json()).toEqual(byQuery)
  })

  test("what is no call, and what is no route, is answered with its status", async () => {
    await using deployment = await openTestDeployment()
    const status = async (route: string, init: RequestInit) =>
      (await fetch(`${deployment.url}/${route}`, init)).status
    expect(await status("api/query", { method: "POST", body: "{" })).toBe(400)
    expect(await status("api/query", { method: "POST", body: '{"args":{}}' })).toBe(400)
    expect(await status("api/nothing", { method: "POST", body: "{}" })).toBe(404)
    const headers = { authorization: "Bearer a.b.c" }
    expect(await status("api/query", { method: "POST", body: "{}", headers })).toBe(401)
  })

  test("requests in the name of another host, or from a page of one, are refused", async () => {
    await using deployment = await openTestDeployment()
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${deployment.url}/version`, { headers })).status
    expect(await status({})).toBe(200)
    expect(await status({ host: "attacker.example" })).toBe(403)
    expect(await status({ origin: "https://attacker.example" })).toBe(403)
    expect(await status({ origin: "http://127.0.0.1:7842" })).toBe(200)
  })

  test("pages of this machine may read the answers", async () => {
    await using deployment = await openTestDeployment()
    const origin = "http://localhost:7842"
    const preflight = await fetch(`${deployment.url}/api/query`, {
      method: "OPTIONS",
      headers: { origin },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get("access-control-allow-origin")).toBe(origin)
  })
})

describe("timestamps", () => {
  async function timestamp({ url }: TestDeployment): Promise<string> {
    const response = await fetch(`${url}/api/query_ts`, { method: "POST" })
    expect(response.status).toBe(200)
    const { ts }: { ts: string } = JSON.parse(await response.text())
    return ts
  }

  test("a query at an earlier timestamp sees what there was then, also after a removal", async () => {
    await using deployment = await openTestDeployment()
    const http = deployment.http()
    const id = await http.mutation(api.messages.send, { channel: "a", body: "1" })
    const ts = await timestamp(deployment)
    await http.mutation(api.messages.remove, { id })
    await http.mutation(api.messages.send, { channel: "a", body: "2" })
    const call = { path: "messages:first", args: { channel: "a" } }
    expect(await post(deployment, "query_at_ts", { ...call, ts })).toMatchObject({
      value: { body: "1" },
    })
    expect(await post(deployment, "query", call)).toMatchObject({ value: { body: "2" } })
  })

  test("a timestamp that is not known any more, or not yet, is refused", async () => {
    await using deployment = await openTestDeployment()
    const call = { path: "messages:first", args: { channel: "a" } }
    for (const ts of [timestampToWire(1n), timestampToWire(2n ** 62n)]) {
      expect(await errorOf(post(deployment, "query_at_ts", { ...call, ts }))).toContain(
        "outside of the half minute that the local deployment remembers",
      )
    }
  })

  test.each([{}, { ts: "" }, { ts: "AAAA" }])("%j is no timestamp, and not now", async (at) => {
    await using deployment = await openTestDeployment()
    const response = await fetch(`${deployment.url}/api/query_at_ts`, {
      method: "POST",
      body: JSON.stringify({ path: "messages:first", args: { channel: "a" }, ...at }),
    })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain("timestamp")
  })
})

describe("visibility", () => {
  const call = { path: "messages:secretCount", args: {} }

  test("an internal function is not there for a client", async () => {
    await using deployment = await openTestDeployment()
    expect(await errorOf(post(deployment, "query", call))).toBe(
      "Could not find public function for 'messages:secretCount'. Did you forget to run `npx convex dev` or `npx convex deploy`?",
    )
  })

  test("the admin key opens it, another key opens nothing", async () => {
    await using deployment = await openTestDeployment()
    const authorization = `Convex ${deployment.adminKey}`
    expect(await post(deployment, "query", call, { authorization })).toMatchObject({ value: 0 })
    const wrong = await fetch(`${deployment.url}/api/query`, {
      method: "POST",
      body: JSON.stringify(call),
      headers: { authorization: "Convex local|guess" },
    })
    expect(wrong.status).toBe(401)
  })

  test("a function of another kind is said to be one", async () => {
    await using deployment = await openTestDeployment()
    const wrong = post(deployment, "query", { path: "messages:send", args: {} })
    expect(await errorOf(wrong)).toBe(
      "Trying to execute messages.js:send as Query, but it is defined as Mutation.",
    )
  })
})

describe("validation", () => {
  test("wrong arguments never reach the function", async () => {
    await using deployment = await openTestDeployment()
    const wrong = post(deployment, "query", { path: "messages:list", args: { channel: 5 } })
    expect(await errorOf(wrong)).toBe(
      "ArgumentValidationError: Value does not match validator.\nPath: .channel\nValue: 5.0\nValidator: v.string()",
    )
  })

  test("a wrong return value never reaches the client", async () => {
    await using deployment = await openTestDeployment()
    const wrong = post(deployment, "query", { path: "shapes:wrongReturn", args: {} })
    expect(await errorOf(wrong)).toStartWith(
      "ReturnsValidationError: Value does not match validator.\nPath: .n\n",
    )
  })

  test("a document that does not fit the schema is not stored", async () => {
    await using deployment = await openTestDeployment()
    const value = { kind: "circle", radius: "long" }
    const wrong = post(deployment, "mutation", {
      path: "shapes:put",
      args: { table: "shapes", value },
    })
    expect(await errorOf(wrong)).toContain(
      'Failed to insert or update a document in table "shapes" because it does not match the schema: Value does not match validator.',
    )
    const rows = await post(deployment, "query", { path: "shapes:all", args: { table: "shapes" } })
    expect(rows.value).toEqual([])
  })

  test("a patch must leave a document that fits, and cannot set system fields", async () => {
    await using deployment = await openTestDeployment()
    const put = {
      path: "shapes:put",
      args: { table: "shapes", value: { kind: "square", side: 2 } },
    }
    const { value: id } = await post(deployment, "mutation", put)
    const patch = (fields: unknown) =>
      post(deployment, "mutation", { path: "shapes:patch", args: { id, fields } })
    expect(await errorOf(patch({ side: "x" }))).toContain("does not match the schema")
    expect(await errorOf(patch({ _creationTime: 5 }))).toContain("_creationTime")
    expect(await errorOf(patch({ _other: 5 }))).toContain("starts with an underscore")
    expect(await patch({ _id: id, side: 3 })).toMatchObject({ status: "success" })
  })

  test.each([
    [{ key: "x".repeat(1024 * 1024) }, "Value is too large (1.00 MiB > maximum size 1 MiB)"],
    [{ key: Array.from({ length: 8193 }, () => 1) }, "Array length is too long (8193 > maximum"],
    [{ key: deep(70) }, "is too nested"],
    [{ key: manyFields(1025) }, "Object has too many fields (1025 > maximum number 1024)"],
  ])("a document beyond Convex's limits is refused (%#)", async (value, message) => {
    await using deployment = await openTestDeployment()
    const args = { table: "anything", value }
    const answer = post(deployment, "mutation", { path: "shapes:put", args })
    expect(await errorOf(answer)).toContain(message)
  })
})

function manyFields(count: number): unknown {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, 1]))
}

function deep(levels: number): unknown {
  return levels === 0 ? 1 : [deep(levels - 1)]
}

describe("ids", () => {
  test("normalizeId() knows the ids of its table in any letter case, and no others", async () => {
    await using deployment = await openTestDeployment()
    const args = { table: "anything", value: { key: 1 } }
    const { value: id } = await post(deployment, "mutation", { path: "shapes:put", args })
    const normalized = async (text: string) =>
      (await post(deployment, "query", { path: "shapes:normalize", args: { id: text } })).value
    expect(await normalized(String(id))).toEqual([null, id])
    expect(await normalized(String(id).toUpperCase())).toEqual([null, id])
    expect(await normalized("nonsense")).toEqual([null, null])
  })

  test("an id of another table is neither an argument nor a key to a document", async () => {
    await using deployment = await openTestDeployment()
    const args = { table: "anything", value: { key: 1 } }
    const { value: id } = await post(deployment, "mutation", { path: "shapes:put", args })
    const asArgument = post(deployment, "query", { path: "messages:get", args: { id } })
    expect(await errorOf(asArgument)).toStartWith(
      `ArgumentValidationError: Found ID "${String(id)}" from table \`anything\`, which does not match the table name in validator \`v.id("messages")\`.\nPath: .id`,
    )
    const asKey = post(deployment, "query", { path: "shapes:getMessage", args: { id } })
    expect(await errorOf(asKey)).toContain(
      "expected ID in table 'messages' but got ID in table 'anything'",
    )
  })
})

describe("the function's surroundings", () => {
  test("the clock stands still, and runs on between calls", async () => {
    await using deployment = await openTestDeployment()
    const clock = async (salt: number) => {
      const { value } = await post(deployment, "query", { path: "trouble:clock", args: { salt } })
      return Array.isArray(value) ? value.map(Number) : []
    }
    const [before, now, made] = await clock(1)
    expect([now, made]).toEqual([before, before])
    expect((await clock(2))[0]).toBeGreaterThan(before ?? 0)
  })

  test("timers and the network are refused in queries, in Convex's words", async () => {
    await using deployment = await openTestDeployment()
    const timer = post(deployment, "query", { path: "trouble:usesTimer", args: {} })
    expect(await errorOf(timer)).toStartWith(
      "Uncaught Error: Can't use setTimeout in queries and mutations. Please consider using an action.",
    )
    const network = post(deployment, "query", { path: "trouble:usesFetch", args: {} })
    expect(await errorOf(network)).toContain("Can't use fetch() in queries and mutations.")
  })

  test("what a function logs comes with its answer", async () => {
    await using deployment = await openTestDeployment()
    expect(await post(deployment, "mutation", { path: "trouble:logs", args: {} })).toMatchObject({
      logLines: ["[LOG] 'hello' { answer: 42 }", "[WARN] 'careful'"],
    })
  })

  test("a mutation that waits for ever is refused at its limit and leaves nothing behind", async () => {
    await using deployment = await openTestDeployment({ timeLimitMs: 50 })
    const waiting = post(deployment, "mutation", { path: "trouble:waitForever", args: {} })
    expect(await errorOf(waiting)).toBe("Function execution timed out (maximum duration: 0.05s)")
    const args = { name: "waiting" }
    expect(await post(deployment, "query", { path: "counters:read", args })).toMatchObject({
      value: 0,
    })
  })

  test.each([
    [
      "query",
      "shapes:manyReads",
      { times: 4097 },
      "Too many reads in a single function execution (limit: 4096)",
    ],
    [
      "mutation",
      "shapes:manyWrites",
      { times: 16_001 },
      "Too many writes in a single function execution (limit: 16000)",
    ],
    [
      "mutation",
      "later:addAt",
      { name: "a", at: 0, times: 1001 },
      "Too many functions scheduled in a single function execution (limit: 1000)",
    ],
  ])("a %s that passes Convex's limits is refused", async (route, path, args, message) => {
    await using deployment = await openTestDeployment()
    expect(await errorOf(post(deployment, route, { path, args }))).toContain(message)
  })

  test("a query that reads more documents than Convex lets it is refused", async () => {
    await using deployment = await openTestDeployment()
    const fill = (from: number, count: number) =>
      post(deployment, "mutation", { path: "heavy:fill", args: { from, count } })
    for (const from of [0, 16_000]) await fill(from, 16_000)
    const reading = { path: "heavy:count", args: { salt: 1 } }
    expect(await post(deployment, "query", reading)).toMatchObject({ value: 32_000 })
    await fill(32_000, 1)
    expect(await errorOf(post(deployment, "query", reading))).toContain(
      "Too many documents read in a single function execution (limit: 32000)",
    )
  }, 20_000)

  test("one function reads one page", async () => {
    await using deployment = await openTestDeployment()
    const pages = post(deployment, "query", { path: "shapes:twoPages", args: {} })
    expect(await errorOf(pages)).toContain("ran multiple paginated queries")
  })

  test("a range that does not fit its index is refused", async () => {
    await using deployment = await openTestDeployment()
    const wrong = post(deployment, "query", { path: "shapes:rangeOn", args: { field: "other" } })
    expect(await errorOf(wrong)).toContain("anything.by_key")
  })

  test("an index range takes the values between its bounds, of every type", async () => {
    await using deployment = await openTestDeployment()
    const keys = [1, null, { $integer: "AQAAAAAAAAA=" }, "b", true, { $float: "AAAAAAAA8H8=" }, [1]]
    for (const key of keys) {
      const args = { table: "anything", value: { key } }
      await post(deployment, "mutation", { path: "shapes:put", args })
    }
    const between = async (from: unknown, to: unknown) =>
      (await post(deployment, "query", { path: "shapes:ranges", args: { from, to } })).value
    expect(await between(null, 1)).toEqual([null, { $integer: "AQAAAAAAAAA=" }])
    expect(await between(1, "z")).toEqual([1, { $float: "AAAAAAAA8H8=" }, true, "b"])
    expect(await between("c", [2])).toEqual([[1]])
  })
})
