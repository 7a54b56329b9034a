/** The state of an orchestration as it lies on the disk now, for what nobody else can tell any more. */
import { join } from "node:path"
import { readFileLimited } from "../base/files.ts"
import {
  parseSupervisorState,
  stateFileName,
  type SupervisorState,
} from "../model/supervisor-state.ts"

const maxStateBytes = 16 * 1024 * 1024

/** Undefined when there is none that can be understood. */
export function readStateOf(worktree: string): SupervisorState | undefined {
  const path = join(worktree, ".claude", "tina", stateFileName)
  const reading = readFileLimited(path, maxStateBytes)
  if (reading.status !== "read") return undefined
  const parsed = parseSupervisorState(new TextDecoder().decode(reading.bytes))
  return parsed.ok ? parsed.value : undefined
}
