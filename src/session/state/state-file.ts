/**
 * The supervisor state on disk: `{worktree}/.claude/tina/supervisor-state.json`. It is read whole, changed
 * under a lock and replaced in one step, so that no two commands lose each other's change and no reader
 * sees half of one.
 */
import { join } from "node:path"
import { TinaError } from "../../base/errors.ts"
import { readFileLimited, writeFileAtomic } from "../../base/files.ts"
import {
  parseSupervisorState,
  stateFileName,
  supervisorStateToText,
  type SupervisorState,
} from "../../model/supervisor-state.ts"
import { lockState, type LockWait } from "./state-lock.ts"

const maxStateBytes = 16 * 1024 * 1024

export function stateDirectoryOf(worktree: string): string {
  return join(worktree, ".claude", "tina")
}

export function statePathOf(worktree: string): string {
  return join(stateDirectoryOf(worktree), stateFileName)
}

export type StateReading =
  | { readonly status: "read"; readonly state: SupervisorState }
  | { readonly status: "missing" }
  | { readonly status: "bad"; readonly problem: string }

export function readState(worktree: string): StateReading {
  const reading = readFileLimited(statePathOf(worktree), maxStateBytes)
  switch (reading.status) {
    case "read": {
      const parsed = parseSupervisorState(new TextDecoder().decode(reading.bytes))
      return parsed.ok
        ? { status: "read", state: parsed.value }
        : { status: "bad", problem: parsed.problem }
    }
    case "missing":
      return { status: "missing" }
    case "too_large":
      return { status: "bad", problem: `is larger than ${reading.limit} bytes` }
    case "unreadable":
      return { status: "bad", problem: reading.reason }
  }
}

/** TinaError `not_found` if there is no state, `io` if it cannot be understood. */
export function requireState(worktree: string): SupervisorState {
  const path = statePathOf(worktree)
  const reading = readState(worktree)
  if (reading.status === "read") return reading.state
  if (reading.status === "missing") {
    throw new TinaError("not_found", `cannot read ${path}: there is no such file`, {
      hint: "tina-session init --help",
    })
  }
  throw new TinaError("io", `cannot read ${path}: ${reading.problem}`, { hint: `$EDITOR ${path}` })
}

export async function writeState(worktree: string, state: SupervisorState): Promise<void> {
  await writeFileAtomic(statePathOf(worktree), supervisorStateToText(state))
}

export interface Change<T> {
  readonly state: SupervisorState
  readonly result: T
}

/** Reads, changes and writes the state with nobody in between. A change that throws changes nothing. */
export async function updateState<T>(
  worktree: string,
  change: (state: SupervisorState) => Change<T>,
  wait: LockWait,
): Promise<T> {
  // Asked for before the lock is taken, so that asking about nothing leaves no lock file behind.
  requireState(worktree)
  using _lock = await lockState(stateDirectoryOf(worktree), wait)
  const before = requireState(worktree)
  const { state, result } = change(before)
  if (state !== before) await writeState(worktree, state)
  return result
}
