/**
 * Random programs on the local deployment and on convex-test must give the same results. Left out is what
 * convex-test is known to do differently from Convex: comparisons in filters other than equality, orders by
 * id, and `isDone` of a page that ends exactly at the last row.
 */
import { expect, test } from "bun:test"
import { convexTest } from "convex-test"
import * as fc from "fast-check"
import { api } from "../../support/convex-functions/api.js"
import { modules } from "../../support/convex-functions/modules.ts"
import type { Read, Step } from "../../support/convex-functions/programs.ts"
import { schema } from "../../support/convex-functions/schema.ts"
import { openTestDeployment } from "../../support/local-deployment.ts"
import { runs, seed, within } from "../../support/property-runs.ts"
import { reads, steps } from "../../support/programs.ts"

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

test(
  `random programs give what convex-test gives (seed ${seed})`,
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(commands, { minLength: 3, maxLength: 12 }), async (program) => {
        await using local = await openLocal()
        await using oracle = openOracle()
        for (const command of program) {
          expect(await perform(local, command)).toEqual(await perform(oracle, command))
        }
      }),
      runs(60),
    )
  },
  within,
)
