/** Where the orchestration of an action is on this machine, and where its command is run. Pure. */
import { join } from "node:path"
import type { InboundAction } from "./inbox.ts"
import { parsePayload } from "./payload.ts"

export interface Place {
  /** Where its state is, or will be once there is one; undefined if that is not known. */
  readonly worktree: string | undefined
  readonly cwd: string
}

export interface PlaceDeps {
  /** Where a command runs whose orchestration is not known here. */
  readonly home: string
  readonly worktreeOf: (orchestrationId: string) => string | undefined
}

export function placeOf(action: InboundAction, { home, worktreeOf }: PlaceDeps): Place {
  const { orchestrationId } = action
  if (orchestrationId === undefined) return beginning(action, home)
  const worktree = worktreeOf(orchestrationId)
  return { worktree, cwd: worktree ?? home }
}

function beginning({ payload }: InboundAction, home: string): Place {
  const given = parsePayload(payload)
  const { cwd, feature } = given.ok ? given.value : {}
  if (typeof cwd !== "string" || typeof feature !== "string")
    return { worktree: undefined, cwd: home }
  return { worktree: join(cwd, ".worktrees", feature), cwd }
}
