/** The progress of one orchestration: from the board while it is under way, else asked for. */
import { api } from "../../convex/_generated/api.js"
import { useBoard } from "../live/board.ts"
import { useLive } from "../live/use-live.ts"
import type { OrchestrationDetail, Progress } from "../view/rows.ts"

export function useOrchestrationProgress({ _id }: OrchestrationDetail): Progress | undefined {
  const known = useBoard().progressById.get(_id)
  const asked = useLive(
    api.board.orchestrationProgress,
    known === undefined ? { orchestrationId: _id } : "skip",
  )
  return known ?? (asked.status === "ready" ? asked.value : undefined)
}
