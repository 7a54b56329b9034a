/**
 * What every pane looks at: the orchestrations that are under way with the progress of each, what needs a
 * person, and the nodes. Subscribed to once, by the frame.
 */
import { createContext, use, useMemo } from "react"
import { api } from "../../convex/_generated/api.js"
import { type Need, needsOf } from "../view/needs.ts"
import type {
  HistoryOrchestration,
  Node,
  NodeReport,
  Orchestration,
  Progress,
} from "../view/rows.ts"
import { useNow } from "./page-clock.ts"
import { type Live, useLive, useLiveMany } from "./use-live.ts"

export interface Board {
  readonly orchestrations: Live<readonly Orchestration[]>
  readonly progressById: ReadonlyMap<string, Progress>
  readonly needs: readonly Need[]
  readonly nodes: Live<readonly Node[]>
  /** What they say is wrong with them. */
  readonly reports: readonly NodeReport[]
  /** The newest finished ones. */
  readonly finished: readonly HistoryOrchestration[]
}

const newestOfHistory = 50
const none: readonly never[] = []

export const BoardContext = createContext<Board | undefined>(undefined)

export function useBoard(): Board {
  const board = use(BoardContext)
  if (board === undefined) throw new Error("no board: the component is outside the frame")
  return board
}

export function useBoardSubscription(): Board {
  const now = useNow()
  const orchestrations = useLive(api.board.active, {})
  const nodes = useLive(api.nodes.listNodes, {})
  const reported = useLive(api.nodes.listReports, {})
  const reports = reported.status === "ready" ? reported.value : none
  const finished = useFinished(newestOfHistory)
  const rows = orchestrations.status === "ready" ? orchestrations.value : none
  const progressById = useProgress(rows)
  const needs = useMemo(
    () => needsOf({ orchestrations: rows, progressById, now }),
    [rows, progressById, now],
  )
  return useMemo(
    () => ({ orchestrations, progressById, needs, nodes, reports, finished }),
    [orchestrations, progressById, needs, nodes, reports, finished],
  )
}

function useFinished(most: number): readonly HistoryOrchestration[] {
  const history = useLive(api.board.history, { paginationOpts: { numItems: most, cursor: null } })
  return useMemo(
    () => (history.status === "ready" ? history.value.page.filter(isFinished) : none),
    [history],
  )
}

export function isFinished({ status, endedAt }: HistoryOrchestration): boolean {
  return status === "complete" || endedAt !== undefined
}

/** One subscription for each, so that a change of a task reads one orchestration and not all of them. */
export function useProgress(
  rows: readonly Pick<Orchestration, "_id">[],
): ReadonlyMap<string, Progress> {
  const ids = rows.map(({ _id }) => _id).join(" ")
  const argsById = useMemo(
    () => new Map(rows.map(({ _id }) => [_id as string, { orchestrationId: _id }] as const)),
    [ids],
  )
  const live = useLiveMany(api.board.orchestrationProgress, argsById)
  return useMemo(() => {
    const ready = [...live].flatMap(([id, each]) =>
      each.status === "ready" ? [[id, each.value] as const] : [],
    )
    return new Map(ready)
  }, [live])
}
