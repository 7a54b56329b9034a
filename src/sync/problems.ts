/**
 * What is wrong now, one entry for each file or thing, kept in memory: a scan finds again what is still
 * wrong after a restart. Never holds the contents of a file.
 */
import type { ProblemView } from "../api/views.ts"
import type { Clock } from "../base/clock.ts"

export interface Problem {
  /** The path or thing that is wrong; there is one problem for each. */
  readonly source: string
  readonly code: string
  readonly message: string
  readonly hint?: string
  /** ISO 8601: when it was first seen. */
  readonly since: string
  /** How often it was seen since then. */
  readonly count: number
}

export interface Problems {
  report(source: string, problem: { code: string; message: string; hint?: string }): void
  clear(source: string): void
  list(): Problem[]
}

export function createProblems(deps: { clock: Clock; changed: () => void }): Problems {
  const bySource = new Map<string, Problem>()
  return {
    report(source, problem) {
      const known = bySource.get(source)
      const same = known?.code === problem.code && known.message === problem.message
      const since = same ? known.since : new Date(deps.clock.now()).toISOString()
      bySource.set(source, { source, ...problem, since, count: same ? known.count + 1 : 1 })
      if (!same) deps.changed()
    },
    clear(source) {
      if (bySource.delete(source)) deps.changed()
    },
    list: () => [...bySource.values()],
  }
}

export function problemToView(problem: Problem): ProblemView {
  return { key: problem.source, ...problem }
}
