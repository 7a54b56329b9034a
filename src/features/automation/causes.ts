/**
 * Which agents run because of a rule, so that what they do can be traced back to it: the events of their tasks, and the
 * files that change while they work. A chain of rules is cut when it becomes too long.
 */
import type { Clock } from "../../base/clock.ts"
import type { RuleRuns } from "../../store/rule-runs.ts"

export interface Cause {
  readonly ruleId: string
  /** How many rules led to it. */
  readonly depth: number
}

export interface Causes {
  submitted(taskId: string, cause: Cause): void
  /** Told of each event of an agent task. */
  follow(name: string, taskId: string): void
  /** Of an event of this task. */
  depthOf(taskId: string): number
  /** Of a file that changed just now. */
  ofFiles(): readonly Cause[]
}

/** Changes are seen a while after they were made. */
const echoMs = 5_000

const ends = /^task\.(completed|failed|cancelled|timeout|lost)$/

export function createCauses(runs: Pick<RuleRuns, "byTask">, clock: Clock): Causes {
  const active = new Map<string, Cause & { readonly until: number }>()

  function remember(taskId: string, cause: Cause): void {
    active.set(taskId, { ...cause, until: Number.POSITIVE_INFINITY })
  }

  return {
    submitted: remember,
    follow(name, taskId) {
      const known = active.get(taskId)
      if (ends.test(name) && known !== undefined) {
        active.set(taskId, { ...known, until: clock.now() + echoMs })
      }
      // One that waited for this daemon was submitted by a rule of the last one.
      const run = name === "task.started" && known === undefined ? runs.byTask(taskId) : undefined
      if (run !== undefined) remember(taskId, run)
    },
    depthOf: (taskId) => active.get(taskId)?.depth ?? runs.byTask(taskId)?.depth ?? 0,
    ofFiles() {
      for (const [taskId, { until }] of active) if (until < clock.now()) active.delete(taskId)
      return [...active.values()]
    },
  }
}
