/** Supervisor states for tests: built through the same schema as real ones, and frozen. */
import { supervisorStateSchema, type SupervisorState } from "../../src/model/supervisor-state.ts"

export const startedAt = "2026-02-07T10:00:00.000Z"

/** A state with two phases at its very beginning, with the given fields over it. */
export function aState(fields: Record<string, unknown> = {}): SupervisorState {
  return frozen(
    supervisorStateSchema.parse({
      version: 1,
      feature: "auth",
      spec_doc: "/app/docs/auth.md",
      worktree_path: "/app/.worktrees/auth",
      branch: "tina/auth",
      total_phases: 2,
      current_phase: 1,
      status: "planning",
      orchestration_started_at: startedAt,
      ...fields,
    }),
  )
}

/** The same value, in which nothing can be changed any more. */
export function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) frozen(inner)
  }
  return value
}
