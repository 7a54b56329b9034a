/** The sync protocol, message by message: orders and versions that the official clients rely on. */
import { describe, expect, test } from "bun:test"
import { timestampToWire } from "../../../src/local/values/timestamps.ts"
import { api } from "../../support/convex-functions/api.js"
import { eventually } from "../../support/eventually.ts"
import { openTestDeployment } from "../../support/local-deployment.ts"
import { openTestEngine } from "../../support/local-engine.ts"
import { connect, openSyncSocket } from "../../support/sync-socket.ts"

function add(queryId: number, channel: string) {
  return { type: "Add", queryId, udfPath: "messages:list", args: [{ channel }] }
}

function modify(baseVersion: number, modifications: readonly unknown[]) {
  return { type: "ModifyQuerySet", baseVersion, newVersion: baseVersion + 1, modifications }
}

function send(requestId: number, channel: string, body = "x") {
  return { type: "Mutation", requestId, udfPath: "messages:send", args: [{ channel, body }] }
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index)
}

const first = { querySet: 0, identity: 0, ts: "AAAAAAAAAAA=" }

describe("query sets", () => {
  test("an empty change is answered by a transition from the first version", async () => {
    await using deployment = await openTestDeployment()
    using socket = await openSyncSocket(deployment.url)
    socket.send(connect, modify(0, []))
    const transition = await socket.take("Transition")
    expect(transition).toMatchObject({
      startVersion: first,
      endVersion: { querySet: 1, identity: 0 },
      modifications: [],
    })
  })

  test("each transition starts where the last one ended", async () => {
    await using deployment = await openTestDeployment()
    using socket = await openSyncSocket(deployment.url)
    socket.send(connect, modify(0, [add(0, "a")]))
    await socket.take("Transition")
    socket.send(modify(1, [add(1, "b")]), send(0, "a"), send(1, "b"))
    await socket.take("MutationResponse")
    await socket.take("MutationResponse")
    await socket.take("Transition")
    const transitions = socket.received.filter(({ type }) => type === "Transition")
    let end: unknown = first
    for (const transition of transitions) {
      expect(transition["startVersion"]).toEqual(end)
      end = transition["endVersion"]
    }
  })

  test("a removed query is said to be removed, and no longer updated", async () => {
    await using deployment = await openTestDeployment()
    using socket = await openSyncSocket(deployment.url)
    socket.send(connect, modify(0, [add(0, "a"), { type: "Remove", queryId: 0 }]), send(0, "a"))
    await socket.take("MutationResponse")
    const modifications = socket.received.flatMap(({ modifications: list }) => list ?? [])
    expect(modifications).toEqual([{ type: "QueryRemoved", queryId: 0 }])
  })

  test("a number that is given to another query leaves nothing of the first one behind", async () => {
    await using opened = openTestEngine()
    const client = opened.connect()
    client.send(modify(0, [add(0, "a")]))
    client.send(modify(1, [add(0, "b")]))
    await eventually(() => client.received.length > 0)
    expect(opened.engine.liveFigures().queries).toBe(1)
    client.close()
    expect(opened.engine.liveFigures().queries).toBe(0)
  })

  test("a wrong base version ends the session for good", async () => {
    await using deployment = await openTestDeployment()
    using socket = await openSyncSocket(deployment.url)
    socket.send(connect, modify(3, []))
    expect(await socket.take("FatalError")).toMatchObject({ error: expect.any(String) })
    await socket.closed
  })
})

describe("mutations", () => {
  test("are answered before the transition that shows them, which reaches their timestamp", async () => {
    await using deployment = await openTestDeployment()
    using socket = await openSyncSocket(deployment.url)
    socket.send(connect, modify(0, [add(0, "a")]))
    await socket.take("Transition")
    socket.send(send(0, "a"))
    const transition = await socket.take("Transition")
    const response = await socket.take("MutationResponse")
    expect(socket.received.indexOf(response)).toBeLessThan(socket.received.indexOf(transition))
    expect(transition).toMatchObject({ endVersion: { ts: response["ts"] } })
  })

  test("get a transition even when nothing that is watched has changed", async () => {
    await using deployment = await openTestDeployment()
    using socket = await openSyncSocket(deployment.url)
    socket.send(connect, modify(0, []), send(0, "a"))
    const response = await socket.take("MutationResponse")
    const transitions = [await socket.take("Transition"), await socket.take("Transition")]
    expect(transitions[1]).toMatchObject({ endVersion: { ts: response["ts"] }, modifications: [] })
  })

  test("sent again in the same session are answered as before and applied once", async () => {
    await using deployment = await openTestDeployment()
    using socket = await openSyncSocket(deployment.url)
    socket.send(connect, modify(0, []), send(0, "a"))
    const { result } = await socket.take("MutationResponse")
    using again = await openSyncSocket(deployment.url)
    again.send({ ...connect, connectionCount: 1 }, modify(0, [add(0, "a")]), send(0, "a"))
    expect(await again.take("MutationResponse")).toMatchObject({ success: true, result })
    expect(await again.take("Transition")).toMatchObject({
      modifications: [{ value: [{ _id: result }] }],
    })
    again.send(send(1, "a"))
    const next = await again.take("MutationResponse")
    expect(next["result"]).not.toBe(result)
  })

  test("that fail say so and need no transition", async () => {
    await using deployment = await openTestDeployment()
    using socket = await openSyncSocket(deployment.url)
    const call = { type: "Mutation", requestId: 7, udfPath: "messages:sendThenFail" }
    socket.send(connect, { ...call, args: [{ channel: "a" }] })
    expect(await socket.take("MutationResponse")).toMatchObject({
      requestId: 7,
      success: false,
      result: expect.stringMatching(/^\[Request ID: [0-9a-f]{16}\] Server Error\nUncaught Convex/),
      errorData: { code: "refused", channel: "a" },
      logLines: [],
    })
  })

  test("come after the query-set changes that were sent before them", async () => {
    await using deployment = await openTestDeployment()
    using socket = await openSyncSocket(deployment.url)
    const page = (channel: string) => ({
      type: "Add",
      queryId: 0,
      udfPath: "messages:page",
      args: [{ channel, paginationOpts: { numItems: 1, cursor: null, id: 1 } }],
    })
    socket.send(connect, modify(0, []), send(0, "a", "old"))
    await socket.take("MutationResponse")
    socket.send(modify(1, [page("a")]), send(1, "a", "new"))
    await socket.take("MutationResponse")
    // The page was first read when "old" was all there was, so it keeps ending there.
    const bodies = () =>
      socket.received
        .flatMap(({ modifications }) => (Array.isArray(modifications) ? modifications : []))
        .map(({ value }: PageUpdate) => value.page.map((row) => row.body))
    await eventually(() => bodies().length === 2)
    expect(bodies()).toEqual([["old"], ["new", "old"]])
  })
})

interface PageUpdate {
  readonly value: { readonly page: readonly { readonly body: string }[] }
}

describe("sessions", () => {
  test("a client that is ahead of the deployment is sent away to come back later", async () => {
    await using deployment = await openTestDeployment()
    using socket = await openSyncSocket(deployment.url)
    socket.send({ ...connect, maxObservedTimestamp: timestampToWire(2n ** 62n) })
    expect((await socket.closed).reason).toStartWith("InternalServerError")
  })

  test("what is not a message of the protocol is refused", async () => {
    await using deployment = await openTestDeployment()
    using socket = await openSyncSocket(deployment.url)
    socket.send({ type: "Whatever" })
    await socket.take("FatalError")
  })

  test("the admin key opens internal functions, another key ends the session", async () => {
    await using deployment = await openTestDeployment()
    const authenticate = { type: "Authenticate", tokenType: "Admin", baseVersion: 0 }
    const count = { type: "Add", queryId: 0, udfPath: "messages:secretCount", args: [{}] }
    using socket = await openSyncSocket(deployment.url)
    socket.send(connect, { ...authenticate, value: deployment.adminKey }, modify(0, [count]))
    expect(await socket.take("Transition")).toMatchObject({
      endVersion: { querySet: 1, identity: 1 },
      modifications: [{ type: "QueryUpdated", value: 0 }],
    })
    using stranger = await openSyncSocket(deployment.url)
    stranger.send(connect, { ...authenticate, value: "guess" })
    await stranger.take("AuthError")
    await stranger.closed
  })

  test("pages of other sites may not connect", async () => {
    await using deployment = await openTestDeployment()
    const refused = (headers: Record<string, string>) =>
      openSyncSocket(deployment.url, headers).then(
        () => false,
        () => true,
      )
    expect(await refused({ origin: "https://example.com" })).toBe(true)
    expect(await refused({ origin: "null" })).toBe(true)
    expect(await refused({ host: "attacker.example:3210" })).toBe(true)
    expect(await refused({ origin: "http://localhost:7842" })).toBe(false)
  })

  test("a large result arrives in chunks that put together are one transition", async () => {
    await using deployment = await openTestDeployment()
    using socket = await openSyncSocket(deployment.url)
    const body = "\u{1f600}".repeat(200_000)
    socket.send(connect, modify(0, []), ...range(12).map((id) => send(id, "a", body)))
    for (let count = 0; count < 12; count += 1) await socket.take("MutationResponse")
    using reader = await openSyncSocket(deployment.url)
    reader.send(connect, modify(0, [add(0, "a")]))
    const { totalParts } = await reader.take("TransitionChunk")
    const chunks = [reader.received[0]]
    for (let part = 1; part < Number(totalParts); part += 1) {
      chunks.push(await reader.take("TransitionChunk"))
    }
    const text = chunks.map((chunk) => String(chunk?.["chunk"])).join("")
    const transition: { modifications: { value: { body: string }[] }[] } = JSON.parse(text)
    expect(transition.modifications[0]?.value.every((row) => row.body === body)).toBe(true)
    expect(chunks.length).toBeGreaterThan(1)
  })
})

describe("the connection", () => {
  test("is pinged while nothing else is sent on it", async () => {
    await using deployment = await openTestDeployment({ pingEveryMs: 20 })
    using socket = await openSyncSocket(deployment.url)
    socket.send(connect, modify(0, []))
    await socket.take("Transition")
    await socket.take("Ping")
    await socket.take("Ping")
  })

  test("a message of a type that nobody knows ends the session for good; an event is taken", async () => {
    await using deployment = await openTestDeployment()
    using socket = await openSyncSocket(deployment.url)
    socket.send(connect, { type: "Event", eventType: "x", event: { a: 1 } }, modify(0, []))
    await socket.take("Transition")
    socket.send({ type: "Telepathy" })
    expect((await socket.take("FatalError"))["error"]).toContain("invalid message")
    await socket.closed
  })
})

describe("actions", () => {
  test("answer by their number, beside each other, and say why they failed", async () => {
    await using deployment = await openTestDeployment()
    using socket = await openSyncSocket(deployment.url)
    const action = (requestId: number, udfPath: string, args: object) => ({
      type: "Action",
      requestId,
      udfPath,
      args: [args],
    })
    socket.send(
      connect,
      action(1, "surroundings:variableInAction", { name: "NONE" }),
      action(2, "no:such", {}),
    )
    const answers = [await socket.take("ActionResponse"), await socket.take("ActionResponse")]
    const [one, two] = answers.toSorted((a, b) => Number(a["requestId"]) - Number(b["requestId"]))
    expect(one).toMatchObject({ requestId: 1, success: true, result: null, logLines: [] })
    expect(two).toMatchObject({ requestId: 2, success: false })
    expect(two?.["result"]).toContain("Could not find public function")
  })
})

describe("journals", () => {
  test("a page that is watched again with its journal ends where it ended", async () => {
    await using deployment = await openTestDeployment()
    const http = deployment.http()
    const ids: (typeof api.messages.send)["_returnType"][] = []
    for (const body of ["1", "2", "3"]) {
      ids.push(await http.mutation(api.messages.send, { channel: "a", body }))
    }
    const page = (queryId: number, journal: unknown) => ({
      type: "Add",
      queryId,
      udfPath: "messages:page",
      args: [{ channel: "a", paginationOpts: { numItems: 2, cursor: null } }],
      journal,
    })
    const watch = async (journal: unknown) => {
      using socket = await openSyncSocket(deployment.url)
      socket.send(connect, modify(0, [page(0, journal)]))
      const { modifications } = await socket.take("Transition")
      const [updated]: readonly Updated[] = JSON.parse(JSON.stringify(modifications))
      return { journal: updated?.journal, bodies: updated?.value.page.map(({ body }) => body) }
    }
    const newest = await watch(null)
    expect(newest.bodies).toEqual(["3", "2"])
    const [, , third] = ids
    if (third !== undefined) await http.mutation(api.messages.remove, { id: third })
    expect((await watch(newest.journal)).bodies).toEqual(["2"])
    expect((await watch(null)).bodies).toEqual(["2", "1"])
  })
})

interface Updated {
  readonly journal: string | null
  readonly value: { readonly page: readonly { readonly body: string }[] }
}
