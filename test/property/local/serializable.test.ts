/**
 * Queries and mutations that interrupt each other at every system call: each query answers what it would
 * answer had the mutations of its timestamp and before run one after another, and nothing else; and so does every
 * query that a client watches, all of them of the one timestamp of the transition that brings them. Some mutations are
 * lost because the file cannot be written, and some queries ask for what was.
 */
import { expect, test } from "bun:test"
import { join } from "node:path"
import { setImmediate } from "node:timers/promises"
import * as fc from "fast-check"
import { convexToJson } from "convex/values"
import { z } from "zod"
import type { Answer } from "../../../src/local/engine/answer.ts"
import type { Slices } from "../../../src/local/engine/turn.ts"
import type { Json } from "../../../src/local/values/json.ts"
import { type Timestamp, parseTimestamp } from "../../../src/local/values/timestamps.ts"
import type { Received } from "../../support/sync-socket.ts"
import { eventually } from "../../support/eventually.ts"
import { type TestEngine, type TestSession, openTestEngine } from "../../support/local-engine.ts"
import { reads, steps } from "../../support/programs.ts"
import { runs, seed, within } from "../../support/property-runs.ts"
import { tmpHome } from "../../support/tmp-home.ts"

interface Run {
  readonly args: Json
  readonly answer: Answer
}

const jsonOf = (value: Parameters<typeof convexToJson>[0]): Json => {
  const json: Json = JSON.parse(JSON.stringify(convexToJson(value)))
  return json
}
const everything: Json = { read: { op: "read", prefix: [], order: "asc" } }
const looks = reads.map((read) => jsonOf({ read }))
const programs = fc.record({ steps, fails: fc.nat({ max: 5 }).map((n) => n === 0) }).map(jsonOf)

/** At every system call, or as usual. */
const slices: fc.Arbitrary<Slices> = fc.constantFrom(
  { readMs: 0, writeMs: 0, refreshMs: 0 },
  { readMs: 0, writeMs: 10, refreshMs: 8 },
  { readMs: 4, writeMs: 0, refreshMs: 0 },
)

const moves = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: programs.map((args) => ({ kind: "mutate" as const, args })) },
    { weight: 3, arbitrary: looks.map((args) => ({ kind: "query" as const, args })) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("watch" as const),
        client: fc.nat({ max: 2 }),
        args: looks,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("leave" as const), client: fc.nat({ max: 2 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("close" as const), client: fc.nat({ max: 2 }) }),
    },
    { weight: 1, arbitrary: looks.map((args) => ({ kind: "past" as const, args })) },
    { weight: 1, arbitrary: fc.constantFrom({ kind: "lose" as const }, { kind: "keep" as const }) },
    { weight: 2, arbitrary: fc.constant({ kind: "wait" as const }) },
  ),
  { minLength: 10, maxLength: 40 },
)

/** One client's query set, as it asks for it. */
function openWatching(engine: TestEngine) {
  const session = engine.connect()
  const args = new Map<number, Json>()
  const watched: number[] = []
  let version = 0
  function modify(modification: object): void {
    const baseVersion = version++
    session.send({
      type: "ModifyQuerySet",
      baseVersion,
      newVersion: version,
      modifications: [modification],
    })
  }
  return {
    session,
    args,
    version: () => version,
    watch: (given: Json) => {
      const queryId = args.size
      args.set(queryId, given)
      watched.push(queryId)
      modify({ type: "Add", queryId, udfPath: "programs:look", args: [given] })
    },
    leave: () => {
      const queryId = watched.shift()
      if (queryId !== undefined) modify({ type: "Remove", queryId })
    },
  }
}

/** The answers that the same mutations give when they run alone, one after another. */
async function replay(mutations: readonly Run[]) {
  const serial = openTestEngine()
  const ordered = mutations
    .filter(({ answer }) => answer.ok)
    .toSorted((a, b) => (stampOf(a) < stampOf(b) ? -1 : 1))
  let done = 0
  return {
    /** Must be asked in the order of timestamps. */
    look: async (at: Timestamp, args: Json): Promise<unknown> => {
      for (
        let next = ordered[done];
        next !== undefined && stampOf(next) <= at;
        next = ordered[done]
      ) {
        await serial.mutate("programs:run", next.args)
        done += 1
      }
      return valueOf(await serial.query("programs:look", args))
    },
    [Symbol.asyncDispose]: () => serial[Symbol.asyncDispose](),
  }
}

function stampOf({ answer }: Run): Timestamp {
  if (answer.ok) return answer.timestamp
  throw new Error("a failed call has no timestamp")
}

function valueOf(answer: Answer): unknown {
  return answer.ok ? JSON.parse(answer.value) : "failed"
}

interface Seen {
  readonly at: Timestamp
  readonly args: Json
  readonly value: unknown
}

/** Everything that a client knew after each of its transitions. */
function statesOf({ received }: TestSession, args: ReadonlyMap<number, Json>): Seen[] {
  const known = new Map<number, unknown>()
  const seen: Seen[] = []
  let last: unknown = { querySet: 0, identity: 0, ts: "AAAAAAAAAAA=" }
  for (const message of received.filter(({ type }) => type === "Transition")) {
    expect(message["startVersion"]).toEqual(last)
    last = message["endVersion"]
    for (const change of changes.parse(message["modifications"])) {
      if (change.type === "QueryRemoved") known.delete(change.queryId)
      else known.set(change.queryId, change.type === "QueryFailed" ? "failed" : change.value)
    }
    const at = endOf(message)
    for (const [id, value] of known) seen.push({ at, args: args.get(id) ?? null, value })
  }
  return seen
}

/** The query set of the last transition. */
function querySetOf({ received }: TestSession): number {
  const last = received.findLast(({ type }) => type === "Transition")
  return z.object({ querySet: z.number() }).safeParse(last?.["endVersion"]).data?.querySet ?? 0
}

const changes = z.array(
  z.object({ type: z.string(), queryId: z.number(), value: z.unknown().optional() }),
)

function endOf(message: Received): Timestamp {
  const { ts } = z.object({ ts: z.string() }).parse(message["endVersion"])
  return parseTimestamp(ts) ?? 0n
}

test(
  `everything that is answered and shown is of one moment in a serial order (seed ${seed})`,
  async () => {
    await fc.assert(
      fc.asyncProperty(moves, slices, async (program, given) => {
        await using home = await tmpHome()
        const defects: string[] = []
        await using engine = openTestEngine({
          path: join(home.path, "d.db"),
          slices: given,
          shrinkEveryMs: 1,
          onDefect: (error) => defects.push(String(error)),
        })
        const setReadOnly = (isReadOnly: boolean) =>
          engine.engine.inside.stores.database.run(`PRAGMA query_only = ${isReadOnly ? 1 : 0}`)
        const clients = [0, 1, 2].map(() => openWatching(engine))
        const gone: typeof clients = []
        const mutations: Promise<Run>[] = []
        const queries: Promise<Run>[] = []
        const runs = (path: string, args: Json, call: TestEngine["query"]) =>
          call(path, args).then((answer) => ({ args, answer }))
        for (const move of program) {
          if (move.kind === "mutate") mutations.push(runs("programs:run", move.args, engine.mutate))
          else if (move.kind === "query")
            queries.push(runs("programs:look", move.args, engine.query))
          else if (move.kind === "past") {
            const at = engine.engine.timestamp()
            const call = (path: string, args: Json) =>
              engine.engine.query({ path, args, caller: { admin: true, identity: null } }, at)
            queries.push(runs("programs:look", move.args, call))
          } else if (move.kind === "lose" || move.kind === "keep") setReadOnly(move.kind === "lose")
          else if (move.kind === "watch") clients[move.client]?.watch(move.args)
          else if (move.kind === "leave") clients[move.client]?.leave()
          else if (move.kind === "close") {
            clients[move.client]?.session.close()
            gone.push(...clients.splice(move.client, 1, openWatching(engine)))
          } else await setImmediate()
        }
        const answers = Promise.all(
          [...mutations, ...queries].map((run) => run.catch(() => undefined)),
        )
        await setImmediate()
        setReadOnly(false)
        await answers
        const written = await Promise.all(mutations)
        const settled = await Promise.allSettled(queries)
        for (const run of settled)
          if (run.status === "rejected") expect(String(run.reason)).toContain("readonly")
        const answered = settled.flatMap((run) => (run.status === "fulfilled" ? [run.value] : []))
        for (const client of clients) client.watch(everything)
        await eventually(() =>
          clients.every(({ session, version }) => querySetOf(session) === version()),
        )
        const seen = [...clients, ...gone].flatMap(({ session, args }) => statesOf(session, args))
        for (const { args, answer } of answered) {
          if (answer.ok) seen.push({ at: answer.timestamp, args, value: valueOf(answer) })
        }
        await using serial = await replay(written)
        for (const { at, args, value } of seen.toSorted((a, b) => (a.at < b.at ? -1 : 1))) {
          expect(value).toEqual(await serial.look(at, args))
        }
        for (const { session } of clients) session.close()
        await eventually(() => engine.engine.liveFigures().queries === 0)
        expect(defects.filter((defect) => !/readonly|the disk may be full/.test(defect))).toEqual(
          [],
        )
      }),
      runs(60),
    )
  },
  within,
)
