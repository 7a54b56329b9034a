/** The number that a plan gives a task: `task_number` in the metadata that Claude Code keeps with it. Pure. */

/** Undefined for a task that no plan numbers. `metadata` is JSON text. */
export function taskNumberOf(metadata: string | undefined): number | undefined {
  if (metadata === undefined) return undefined
  try {
    const value: unknown = JSON.parse(metadata)
    if (typeof value !== "object" || value === null || !("task_number" in value)) return undefined
    return Number.isSafeInteger(value.task_number) ? Number(value.task_number) : undefined
  } catch {
    return undefined
  }
}
