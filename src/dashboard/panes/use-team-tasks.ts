/** The tasks of teams, by the team's id, one subscription for each; absent while they are being read. */
import { useMemo } from "react"
import { api } from "../../convex/_generated/api.js"
import { useLiveMany } from "../live/use-live.ts"
import type { Task, Team } from "../view/rows.ts"

export function useTeamTasks(teams: readonly Team[]): ReadonlyMap<string, readonly Task[]> {
  const ids = teams.map(({ _id }) => _id).join(" ")
  const argsById = useMemo(
    () => new Map(teams.map(({ _id }) => [_id as string, { teamId: _id }] as const)),
    [ids],
  )
  const live = useLiveMany(api.board.teamTasks, argsById)
  return useMemo(() => {
    const ready = [...live].flatMap(([id, each]) =>
      each.status === "ready" ? [[id, each.value] as const] : [],
    )
    return new Map(ready)
  }, [live])
}
