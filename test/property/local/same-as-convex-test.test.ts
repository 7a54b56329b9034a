/**
 * Random programs on the local deployment and on convex-test must give the same results. Left out is what
 * convex-test is known to do differently from Convex: comparisons in filters other than equality, orders by
 * id, and `isDone` of a page that ends exactly at the last row.
 */
import { expect, test } from "bun:test"
import { convexTest } from "convex-test"
import type { Value } from "convex/values"
import * as fc from "fast-check"
import { api } from "../../support/convex-functions/api.js"
import { modules } from "../../support/convex-functions/modules.ts"
import type { Read, Step } from "../../support/convex-functions/programs.ts"
import { schema } from "../../support/convex-functions/schema.ts"
import { convexValues } from "../../support/convex-values.ts"
import { openTestDeployment } from "../../support/local-deployment.ts"

interface Outcome {
  readonly ok: boolean
  readonly value?: unknown
}

/** A deployment that runs programs. */
interface Machine extends AsyncDisposable {
  readonly run: (steps: Step[], fails: boolean) => Promise<Outcome>
  readonly look: (read: Read) => Promise<Outcome>
  readonly pages: (read: Read, numItems: number) => Promise<Outcome>
}

interface Page {
  readonly page: readonly unknown[]
  readonly isDone: boolean
  readonly continueCursor: string
}

type PageArgs = { read: Read; cursor: string | null; numItems: number }

async function outcomeOf(call: Promise<unknown>): Promise<Outcome> {
  try {
    return { ok: true, value: await call }
  } catch {
    return { ok: false }
  }
}

async function allPages(
  read: Read,
  numItems: number,
  page: (args: PageArgs) => Promise<Page>,
): Promise<unknown[]> {
  const rows: unknown[] = []
  for (let cursor: string | null = null; ;) {
    const next: Page = await page({ read, cursor, numItems })
    rows.push(...next.page)
    if (next.isDone) return rows
    cursor = next.continueCursor
  }
}

async function openLocal(): Promise<Machine> {
  const deployment = await openTestDeployment()
  const http = deployment.http()
  return {
    run: (steps, fails) => outcomeOf(http.mutation(api.programs.run, { steps, fails })),
    look: (read) => outcomeOf(http.query(api.programs.look, { read })),
    pages: (read, numItems) =>
      outcomeOf(allPages(read, numItems, (args) => http.query(api.programs.page, args))),
    [Symbol.asyncDispose]: () => deployment[Symbol.asyncDispose](),
  }
}

function openOracle(): Machine {
  const loaders = Object.entries(modules).map(([name, module]) => [
    `./${name}.ts`,
    () => Promise.resolve(module),
  ])
  const generated = ["./_generated/api.js", () => Promise.resolve({})]
  const oracle = convexTest(schema, Object.fromEntries([...loaders, generated]))
  return {
    run: (steps, fails) => outcomeOf(oracle.mutation(api.programs.run, { steps, fails })),
    look: (read) => outcomeOf(oracle.query(api.programs.look, { read })),
    pages: (read, numItems) =>
      outcomeOf(allPages(read, numItems, (args) => oracle.query(api.programs.page, args))),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

const few: fc.Arbitrary<Value> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Value>(null, 0, -0, 1, 1n, "a", "b", true, Number.NaN) },
  { weight: 1, arbitrary: convexValues },
)
const maybe = fc.oneof(
  fc.constant<Value[]>([]),
  few.map((value) => [value]),
)
const names = fc.integer({ min: 0, max: 12 })
const fields: fc.Arbitrary<Record<string, Value>> = fc
  .record({ a: few, b: fc.record({ c: few }, { requiredKeys: [] }), d: few }, { requiredKeys: [] })
  .map((record): Record<string, Value> => ({ ...record }))
const bound = fc.record({ inclusive: fc.boolean(), value: maybe })
const order = fc.constantFrom<"asc" | "desc">("asc", "desc")

const reads: fc.Arbitrary<Read> = fc.record(
  {
    op: fc.constant("read" as const),
    prefix: fc.array(maybe, { maxLength: 1 }),
    order,
    lower: bound,
    upper: bound,
    take: fc.integer({ min: 0, max: 5 }),
    filter: fc.record({ equal: fc.boolean(), value: maybe }),
  },
  { requiredKeys: ["op", "prefix", "order"] },
)

const writes = fc.oneof(
  fc.record({ op: fc.constant("insert" as const), n: names, fields }),
  fc.record({
    op: fc.constant("patch" as const),
    n: names,
    fields,
    drop: fc.subarray(["a", "b", "d"]),
  }),
  fc.record({ op: fc.constant("replace" as const), n: names, fields }),
  fc.record({ op: fc.constant("delete" as const), n: names }),
)

const simple = fc.oneof({ weight: 3, arbitrary: writes }, { weight: 1, arbitrary: reads })
const nested = fc.record({
  op: fc.constant("nested" as const),
  steps: fc.array(simple, { maxLength: 3 }),
  fails: fc.boolean(),
})
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof({ weight: 6, arbitrary: simple }, { weight: 1, arbitrary: nested }),
  { minLength: 1, maxLength: 6 },
)

const commands = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("run" as const),
      steps,
      fails: fc.nat({ max: 5 }).map((number) => number === 0),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("look" as const), read: reads }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("pages" as const),
      read: reads,
      numItems: fc.integer({ min: 1, max: 4 }),
    }),
  },
)
type Command = typeof commands extends fc.Arbitrary<infer C> ? C : never

function perform(machine: Machine, command: Command): Promise<Outcome> {
  if (command.kind === "run") return machine.run(command.steps, command.fails)
  if (command.kind === "look") return machine.look(command.read)
  return machine.pages(command.read, command.numItems)
}

test("random programs give what convex-test gives", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(commands, { minLength: 3, maxLength: 12 }), async (program) => {
      await using local = await openLocal()
      await using oracle = openOracle()
      for (const command of program) {
        expect(await perform(local, command)).toEqual(await perform(oracle, command))
      }
    }),
    { numRuns: Number(process.env["LOCAL_PROGRAMS"] ?? 60) },
  )
}, 60_000)
