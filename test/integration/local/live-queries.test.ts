/** Which writes make a watched query run again: those inside of what it consumed, and no others. */
import { describe, expect, test } from "bun:test"
import type { Json } from "../../../src/local/values/json.ts"
import { noGuard } from "../../../src/local/engine/call-guard.ts"
import { type Engine, openEngine } from "../../../src/local/engine/engine.ts"
import { modules } from "../../support/convex-functions/modules.ts"
import { schema } from "../../support/convex-functions/schema.ts"

const caller = { admin: true, identity: null }

interface Bench extends AsyncDisposable {
  readonly write: (path: string, args: Json) => Promise<Json>
  readonly watch: (path: string, args: Json) => Promise<{ readonly told: () => number }>
  /** How many queries ran again because of this write. */
  readonly runsOf: (write: () => Promise<unknown>) => Promise<number>
}

function openBench(): Bench {
  const engine = openEngine({
    path: ":memory:",
    schema,
    modules,
    deploymentName: "test",
    url: () => "http://127.0.0.1:1",
    timeLimitMs: 1000,
    guard: noGuard,
    log: () => undefined,
    onDefect: (error) => {
      throw error
    },
  })
  return {
    write: (path, args) => write(engine, path, args),
    watch: (path, args) => watch(engine, path, args),
    runsOf: async (body) => {
      const before = engine.liveFigures().runs
      await body()
      await settled(engine)
      return engine.liveFigures().runs - before
    },
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  }
}

async function write(engine: Engine, path: string, args: Json): Promise<Json> {
  const { promise, resolve } = Promise.withResolvers<Json>()
  engine.mutate({ call: () => ({ path, args, caller }) }, (answer) => {
    resolve(answer.ok ? JSON.parse(answer.value) : answer.failure.message)
  })
  return await promise
}

async function watch(engine: Engine, path: string, args: Json) {
  let told = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  engine.inOrder({}, (watch) => {
    const ran = ({ isNew }: { readonly isNew: boolean }) => {
      if (isNew) told += 1
      resolve()
    }
    watch(
      { path, args, caller, journal: null },
      { ran: (_, said) => ran(said), late: () => undefined },
    )
    void settled(engine).then(resolve)
  })
  await promise
  const atFirst = told
  return { told: () => told - atFirst }
}

/** Whatever was written before is on disk, and who watches has been told. */
async function settled(engine: Engine): Promise<void> {
  await engine.query({ path: "counters:read", args: { name: "" }, caller })
}

function send(channel: string, body: string) {
  return (bench: Bench) => bench.write("messages:send", { channel, body })
}

describe("a query runs again", () => {
  test("for a row in its range, not for rows of other ranges", async () => {
    await using bench = openBench()
    await send("a", "1")(bench)
    const watched = await bench.watch("messages:list", { channel: "a" })
    expect(await bench.runsOf(() => send("b", "2")(bench))).toBe(0)
    expect(await bench.runsOf(() => send("a", "3")(bench))).toBe(1)
    expect(watched.told()).toBe(1)
  })

  test("for the row that first() saw and those before it, not for later ones", async () => {
    await using bench = openBench()
    const id = await send("a", "1")(bench)
    await bench.watch("messages:first", { channel: "a" })
    expect(await bench.runsOf(() => send("a", "2")(bench))).toBe(0)
    expect(await bench.runsOf(() => bench.write("messages:remove", { id }))).toBe(1)
  })

  test("for the document that it got by its id, not for others", async () => {
    await using bench = openBench()
    const [id, other] = [await send("a", "1")(bench), await send("a", "2")(bench)]
    const watched = await bench.watch("messages:get", { id })
    const edit = (which: Json) => bench.write("messages:edit", { id: which, body: "new" })
    expect(await bench.runsOf(() => edit(other))).toBe(0)
    expect(await bench.runsOf(() => edit(id))).toBe(1)
    expect(watched.told()).toBe(1)
  })

  test("when a row that it lacked appears, also where its range was empty", async () => {
    await using bench = openBench()
    const watched = await bench.watch("messages:list", { channel: "a" })
    expect(await bench.runsOf(() => send("a", "1")(bench))).toBe(1)
    expect(watched.told()).toBe(1)
  })

  test("never for a mutation that failed", async () => {
    await using bench = openBench()
    await bench.watch("messages:list", { channel: "a" })
    expect(await bench.runsOf(() => bench.write("messages:sendThenFail", { channel: "a" }))).toBe(0)
  })

  test("once for all who watch the same, and tells nobody when its result is the same", async () => {
    await using bench = openBench()
    const id = await send("a", "1")(bench)
    const watches = await Promise.all(
      [1, 2, 3].map(() => bench.watch("messages:list", { channel: "a" })),
    )
    expect(await bench.runsOf(() => send("a", "2")(bench))).toBe(1)
    expect(watches.map(({ told }) => told())).toEqual([1, 1, 1])
    const again = () => bench.write("messages:edit", { id, body: "1" })
    await bench.runsOf(again)
    expect(watches.map(({ told }) => told())).toEqual([1, 1, 1])
  })
})
