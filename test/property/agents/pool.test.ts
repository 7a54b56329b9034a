/**
 * Any order of submitting, calling off, ending and dying: a task only takes steps that its states allow, runs at most
 * once, and is told exactly one end.
 */
import { expect, test } from "bun:test"
import * as fc from "fast-check"
import { statesBefore, type AgentTaskState } from "../../../src/model/agent-task.ts"
import { TinaError } from "../../../src/base/errors.ts"
import { openTestPool, type TestPool } from "../../support/agent-pool.ts"
import { eventually } from "../../support/eventually.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("submit" as const),
      priority: fc.integer({ min: -2, max: 2 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("cancel" as const), of: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("release" as const), of: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
)

test("whatever the order, a task runs at most once and ends once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      await using home = await tmpHome()
      const settings = { maxParallel: 2, queueLimit: 6 }
      const told: string[] = []
      let pool = await openTestPool(home.path, { settings })
      const words: string[] = []
      for (const each of steps) {
        if (each.do === "submit") {
          const word = `w${words.length}x`
          if (await submitted(pool, `hold-${word}`, each.priority)) words.push(word)
        } else if (each.do === "cancel") {
          const taskId = `task-${String(each.of).padStart(4, "0")}`
          await pool.agents.handlers["task.cancel"]({ taskId }, pool.context)
        } else if (each.do === "release") {
          const word = words[each.of]
          if (word !== undefined) pool.claude.release(word)
        } else {
          // What is left running is ended within the grace; all is let go so that this takes no time.
          for (const word of words) pool.claude.release(word)
          await pool.stop()
          told.push(...endsOf(pool))
          pool = await openTestPool(home.path, { settings })
        }
      }
      for (const word of words) pool.claude.release(word)
      await eventually(
        () => {
          const { queued, running } = pool.agents.stats()
          return queued + running === 0
        },
        { what: "the end of all", withinMs: 10_000 },
      )
      told.push(...endsOf(pool))
      const { total } = pool.agents.stats()
      expect(total).toBe(words.length)
      expect(told.toSorted()).toEqual(
        words.map((_, index) => `task-${String(index).padStart(4, "0")}`).toSorted(),
      )
      const prompts = pool.claude.calls().map(({ prompt }) => prompt)
      expect(new Set(prompts).size).toBe(prompts.length)
      await pool.stop()
    }),
    { numRuns: 12 },
  )
}, 90_000)

async function submitted(pool: TestPool, prompt: string, priority: number): Promise<boolean> {
  try {
    await pool.agents.handlers["task.submit"]({ prompt, priority }, pool.context)
    return true
  } catch (error) {
    if (error instanceof TinaError && error.code === "full") return false
    throw error
  }
}

const ends = ["task.completed", "task.failed", "task.cancelled", "task.timeout", "task.lost"]

function endsOf({ events }: TestPool): string[] {
  return events
    .filter(({ name }) => ends.includes(name))
    .map(({ payload }) => String(payload["taskId"]))
}

test("a row takes no step that its state does not allow", async () => {
  await using home = await tmpHome()
  await using pool = await openTestPool(home.path, { settings: { enabled: false } })
  const { agentTasks } = pool.store
  const states = ["completed", "failed", "cancelled", "timeout", "lost"] as const
  const move = fc.oneof(fc.constant("running" as const), fc.constantFrom(...states))
  fc.assert(
    fc.property(fc.array(move, { maxLength: 6 }), (moves) => {
      const number = agentTasks.add({
        prompt: "p",
        priority: 0,
        cwd: "/",
        timeoutMs: 1,
        env: {},
        metadata: {},
      })
      let state: AgentTaskState = "queued"
      for (const next of moves) {
        const isLegal = statesBefore(next).includes(state)
        const moved =
          next === "running" ? agentTasks.start(number) : agentTasks.end(number, { state: next })
        expect(moved).toBe(isLegal)
        if (isLegal) state = next
        expect(agentTasks.get(number)?.state).toBe(state)
      }
    }),
    { numRuns: 50 },
  )
})
