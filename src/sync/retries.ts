/**
 * Files that could not be read whole: half-written files are ordinary, so a malformed one is looked at again
 * after 1, 50, 150 and 400 ms before it becomes a problem; until then and after it, what was last good stands.
 * Some of the same patience is given to a file that vanished: some programs write by delete and create.
 */
import type { Target } from "./layout.ts"
import type { Problems } from "./problems.ts"

/**
 * The first is for writes in two steps, which a look can meet in the middle because it does not wait for them: Node cuts
 * a file before it writes it, Bun (and so Claude Code) afterwards.
 */
const malformedMs = [1, 50, 150, 400] as const
const vanishedMs = [1, 50] as const

export interface Retries {
  /** The file is torn or malformed: it is looked at again, or reported once that did not help. */
  malformed(target: Target, path: string, reason: string): void
  /** The file is there but may not or cannot be read; reported at once. */
  unreadable(path: string, reason: string): void
  /** The file is gone: false while it may come back at once, true when it is gone for good. */
  vanished(target: Target, path: string): boolean
  /** The file was read, or is known to be gone. */
  settled(path: string): void
}

export function createRetries(deps: {
  readonly problems: Problems
  readonly lookAgain: (target: Target, afterMs: number) => void
}): Retries {
  const attempts = new Map<string, number>()

  /** True when a further look was arranged. */
  function again(target: Target, path: string, delaysMs: readonly number[]): boolean {
    const attempt = attempts.get(path) ?? 0
    const delayMs = delaysMs[attempt]
    if (delayMs === undefined) return false
    attempts.set(path, attempt + 1)
    deps.lookAgain(target, delayMs)
    return true
  }

  return {
    malformed(target, path, reason) {
      if (again(target, path, malformedMs)) return
      deps.problems.report(path, { code: "malformed", message: `cannot read ${path}: ${reason}` })
    },
    unreadable(path, reason) {
      deps.problems.report(path, { code: "unreadable", message: `cannot read ${path}: ${reason}` })
    },
    vanished(target, path) {
      if (again(target, path, vanishedMs)) return false
      attempts.delete(path)
      return true
    },
    settled(path) {
      attempts.delete(path)
      deps.problems.clear(path)
    },
  }
}
