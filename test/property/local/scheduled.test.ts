/**
 * Functions that are scheduled, cancelled and cut across by writes that pause at every system call, fail, or are lost because
 * the file cannot be written: each one that is told to be scheduled runs once, or was cancelled, and its state says which.
 */
import { expect, test } from "bun:test"
import { join } from "node:path"
import { setImmediate } from "node:timers/promises"
import * as fc from "fast-check"
import { z } from "zod"
import type { Answer } from "../../../src/local/engine/answer.ts"
import { eventually } from "../../support/eventually.ts"
import { type TestEngine, openTestEngine } from "../../support/local-engine.ts"
import { runs, seed, within } from "../../support/property-runs.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const which = fc.nat({ max: 9 })
const moves = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("schedule" as const),
        ms: fc.nat({ max: 15 }),
        fail: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("act" as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("cancel" as const), which }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("cancelThenFail" as const),
        which,
        forMs: fc.nat({ max: 20 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("write" as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("lose" as const), turns: which }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("wait" as const), turns: which }) },
  ),
  { minLength: 5, maxLength: 25 },
)

const jobShape = z.object({ state: z.object({ kind: z.string() }) })

interface Scheduled {
  readonly name: string
  readonly answer: Promise<Answer>
  /** What it adds when it succeeds. */
  readonly amount: number
}

function valueOf(answer: Answer): unknown {
  if (answer.ok) return JSON.parse(answer.value)
  throw new Error(answer.failure.message)
}

/** What a job has added, and what it may have, as its state says. */
async function endOf({ query }: TestEngine, { name, answer, amount }: Scheduled) {
  const told = await answer
  const value = z.number().parse(valueOf(await query("counters:read", { name })))
  if (!told.ok) return { value, allowed: [0] }
  const job = jobShape.parse(valueOf(await query("later:job", { id: JSON.parse(told.value) })))
  const { kind } = job.state
  if (kind === "success") return { value, allowed: [amount] }
  // An action goes on though it is cancelled, and what it has written before it fails stays.
  return { value, allowed: amount === 2 ? [0, 1, 2] : [0] }
}

test(
  `each function that was scheduled runs once or was cancelled (seed ${seed})`,
  async () => {
    await fc.assert(
      fc.asyncProperty(moves, async (program) => {
        await using home = await tmpHome()
        const defects: string[] = []
        await using opened = openTestEngine({
          path: join(home.path, "d.db"),
          slices: { readMs: 0, writeMs: 0, refreshMs: 0 },
          shrinkEveryMs: 1,
          onDefect: (error) => defects.push(String(error)),
        })
        const { database } = opened.engine.inside.stores
        const scheduled: Scheduled[] = []
        const others: Promise<unknown>[] = []
        const withJob = (position: number, path: string, args: object) =>
          scheduled[position % scheduled.length]?.answer.then((told) =>
            told.ok ? opened.mutate(path, { id: JSON.parse(told.value), ...args }) : undefined,
          )
        for (const [position, move] of program.entries()) {
          const name = `n${position}`
          if (move.kind === "schedule") {
            const { ms, fail } = move
            scheduled.push({
              name,
              amount: 1,
              answer: opened.mutate("later:addLater", { name, ms, fail }),
            })
          } else if (move.kind === "act")
            scheduled.push({ name, amount: 2, answer: opened.mutate("later:actLater", { name }) })
          else if (move.kind === "cancel")
            others.push(Promise.resolve(withJob(move.which, "later:cancel", {})))
          else if (move.kind === "cancelThenFail")
            others.push(
              Promise.resolve(withJob(move.which, "later:cancelThenFail", { forMs: move.forMs })),
            )
          else if (move.kind === "write")
            others.push(opened.mutate("counters:addNested", { name: "many" }))
          else {
            if (move.kind === "lose") database.run("PRAGMA query_only = 1")
            for (let turn = 0; turn < 3 * move.turns; turn += 1) await setImmediate()
            database.run("PRAGMA query_only = 0")
          }
        }
        await Promise.all(others)
        await Promise.all(scheduled.map(({ answer }) => answer))
        await eventually(async () => {
          const states = z.array(z.string()).parse(valueOf(await opened.query("later:states", {})))
          return !states.includes("pending") && !states.includes("inProgress")
        })
        for (const one of scheduled) {
          const end = await endOf(opened, one)
          expect(end.allowed).toContain(end.value)
        }
        expect(defects.filter((defect) => !/readonly|the disk may be full/.test(defect))).toEqual(
          [],
        )
      }),
      runs(30),
    )
  },
  within,
)
