/**
 * Which agents run because of a rule, so that what they do can be traced back to it: the events of their tasks, which say
 * so, and the files that change while they work. A chain of rules is cut when it becomes too long.
 */
import { z } from "zod"
import type { Clock } from "../../base/clock.ts"

const eventSchema = z.object({
  taskId: z.string(),
  cause: z.object({ ruleId: z.string(), depth: z.number() }),
})

export interface Cause {
  readonly ruleId: string
  /** How many rules led to it. */
  readonly depth: number
}

export interface Causes {
  /** Told of each event; how many rules led to it. */
  follow(name: string, payload: unknown): number
  /** Of a file that changed just now. */
  ofFiles(): readonly Cause[]
}

/** Changes are seen a while after they were made. */
const echoMs = 5_000

const ends = /^task\.(completed|failed|cancelled|timeout|lost)$/

export function createCauses(clock: Clock): Causes {
  const active = new Map<string, Cause & { readonly endedAt: number | undefined }>()

  function forgetEnded(): void {
    const now = clock.now()
    for (const [taskId, { endedAt }] of active) {
      // A clock that was set back must not make the echo longer.
      if (endedAt !== undefined && Math.abs(now - endedAt) > echoMs) active.delete(taskId)
    }
  }

  return {
    follow(name, payload) {
      const event = name.startsWith("task.") ? eventSchema.safeParse(payload).data : undefined
      if (event === undefined) return 0
      const endedAt = ends.test(name) ? clock.now() : undefined
      if (endedAt !== undefined) forgetEnded()
      active.set(event.taskId, { ...event.cause, endedAt })
      return event.cause.depth
    },
    ofFiles() {
      forgetEnded()
      return [...active.values()]
    },
  }
}
