/** An orchestration of the feature `auth` in a worktree: its state file, written and read as `tina-session` does. */
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { parseSupervisorState, type SupervisorState } from "../../src/model/supervisor-state.ts"
import { claudeTree } from "./claude-tree.ts"
import { aState } from "./supervisor-state.ts"
import type { TmpHome } from "./tmp-home.ts"

const started = "2026-11-20T10:00:00.000Z"

export interface WorktreeState {
  readonly path: string
  /** Its one phase, and fields of the orchestration. */
  write(phase: Record<string, unknown>, fields?: Record<string, unknown>): Promise<void>
  read(): Promise<SupervisorState>
}

export async function openWorktreeState(home: TmpHome): Promise<WorktreeState> {
  const path = join(home.path, "app", ".worktrees", "auth")
  const file = join(path, ".claude", "tina", "supervisor-state.json")
  await mkdir(join(file, ".."), { recursive: true })
  claudeTree(home.claudeDir).raw(
    "tina-sessions/auth.json",
    JSON.stringify({ feature: "auth", worktree_path: path, created_at: started }),
  )
  return {
    path,
    async write(phase, fields = {}) {
      const phases = { "1": { planning_started_at: started, breakdown: {}, ...phase } }
      const state = aState({ worktree_path: path, total_phases: 1, phases, ...fields })
      await Bun.write(file, JSON.stringify(state))
    },
    async read() {
      const parsed = parseSupervisorState(await Bun.file(file).text())
      if (!parsed.ok) throw new Error(parsed.problem)
      return parsed.value
    },
  }
}
