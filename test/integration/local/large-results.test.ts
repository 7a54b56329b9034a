/** Results of a hundred megabytes, and crowds: everything arrives, and nobody else is held up. */
import { expect, test } from "bun:test"
import { join } from "node:path"
import { z } from "zod"
import { openLocalDeployment } from "../../../src/local/deployment.ts"
import { api } from "../../support/convex-functions/api.js"
import { eventually } from "../../support/eventually.ts"
import { openClient, openTestDeployment } from "../../support/local-deployment.ts"
import { type SyncSocket, connect, openSyncSocket } from "../../support/sync-socket.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const script = new URL("../../support/convex-functions/worker.ts", import.meta.url).href

test("105 MB of results arrive whole, and another client's mutations and updates go on meanwhile", async () => {
  await using home = await tmpHome()
  const path = join(home.stateDir, "deployment.db")
  await using deployment = await openLocalDeployment({ path, port: 0, script })
  await using clients = new AsyncDisposableStack()
  const [reader, other] = [openClient(deployment.url), openClient(deployment.url)]
  for (const client of [reader, other]) clients.defer(() => client.close())
  const updates: number[] = []
  other.onUpdate(api.counters.read, { name: "a" }, (value) => updates.push(value))
  await eventually(() => updates.length === 1)

  const length = 15_000_000
  const arrived = new Map<number, string>()
  const salts = [0, 1, 2, 3, 4, 5, 6]
  for (const salt of salts) {
    reader.onUpdate(api.heavy.large, { salt, length }, (text) => arrived.set(salt, text))
  }
  let before = 0
  while (arrived.size < salts.length) {
    await other.mutation(api.counters.add, { name: "b", amount: 1 })
    before += 1
    await other.mutation(api.counters.add, { name: "a", amount: 1 })
    expect(updates.at(-1)).toBe(before)
  }
  // Between two of the seven results, whose making nobody can interrupt, and while they are sent.
  expect(before).toBeGreaterThan(2)
  for (const salt of salts) {
    const text = arrived.get(salt) ?? ""
    const begin = text.slice(0, 4)
    expect(begin).toEndWith(` ${salt} `)
    expect(text === begin.padEnd(length, "0123456789é")).toBe(true)
  }
}, 60_000)

test("five hundred clients that come back at once resume where they were, and nothing of them is done twice", async () => {
  await using home = await tmpHome()
  const path = join(home.stateDir, "deployment.db")
  const sessions = Array.from({ length: 500 }, () => crypto.randomUUID())
  /** What each has been told: the answer to its mutation, and the newest timestamp. */
  async function come(url: string, known: readonly Told[]): Promise<readonly Told[]> {
    using sockets = new DisposableStack()
    const opened = await Promise.all(sessions.map(() => openSyncSocket(url)))
    for (const [index, socket] of opened.entries()) {
      const name = sessions[index] ?? ""
      const resumed = { connectionCount: 1, maxObservedTimestamp: known[index]?.ts }
      const hello = { ...connect, sessionId: name, ...(known.length > 0 ? resumed : {}) }
      sockets.use(socket).send(hello, watch(name), add(name))
    }
    const told: Told[] = []
    for (const socket of opened) {
      const { result, ts } = await socket.take("MutationResponse")
      await eventually(() => valueIn(socket) === 1, { withinMs: 20_000 })
      told.push({ result, ts })
    }
    return told
  }

  let first: readonly Told[]
  {
    await using before = await openTestDeployment({ path })
    first = await come(before.url, [])
  }
  await using after = await openTestDeployment({ path })
  const second = await come(after.url, first)
  expect([...first, ...second].map(({ result }) => result)).toEqual(Array(1000).fill(1))
}, 60_000)

function watch(name: string) {
  const query = { type: "Add", queryId: 0, udfPath: "counters:read", args: [{ name }] }
  return { type: "ModifyQuerySet", baseVersion: 0, newVersion: 1, modifications: [query] }
}

function add(name: string) {
  const args = [{ name, amount: 1 }]
  return { type: "Mutation", requestId: 0, udfPath: "counters:add", args }
}

interface Told {
  readonly result: unknown
  readonly ts: unknown
}

/** The result that the socket was sent last. */
function valueIn({ received }: SyncSocket): unknown {
  const last = received.findLast(
    ({ type, modifications }) =>
      type === "Transition" && Array.isArray(modifications) && modifications.length > 0,
  )
  return updates.safeParse(last?.["modifications"]).data?.[0].value
}

const updates = z.tuple([z.object({ value: z.unknown() })])
