/** The orchestrations that are over, newest first, more of them when asked. */
import { useRef, useState } from "react"
import { api } from "../../convex/_generated/api.js"
import { isFinished } from "../live/board.ts"
import { useNow } from "../live/page-clock.ts"
import { useLive } from "../live/use-live.ts"
import { Empty, Failed, Loading, NothingMeant } from "../parts/empty.tsx"
import { FilterField } from "../parts/filter-field.tsx"
import { Status } from "../parts/status-mark.tsx"
import { Moment } from "../parts/time-text.tsx"
import { type Filter, filterFor, isOrchestrationMeant } from "../view/filter.ts"
import type { HistoryOrchestration } from "../view/rows.ts"
import { routeToFragment } from "../view/route.ts"
import { shortName } from "../view/title.ts"
import { elapsedText, phaseText } from "../view/summary.ts"
import { orchestrationLook } from "../view/tone.ts"
import { PaneHead } from "./pane-head.tsx"

const pageSize = 50
const mostShown = 500

export function HistoryPane() {
  const [shown, setShown] = useState(pageSize)
  const [text, setText] = useState("")
  const filter = filterFor(text)
  // What is looked for may be older than what is shown.
  const numItems = filter === undefined ? shown : mostShown
  const history = useLive(api.board.history, { paginationOpts: { numItems, cursor: null } })
  const rows = useLatest(history.status === "ready" ? history.value.page : undefined)
  return (
    <main className="pane history" id="main" tabIndex={-1}>
      <PaneHead title="History">
        <FilterField label="Filter the history" value={text} onChange={setText} />
      </PaneHead>
      {rows === undefined && history.status === "loading" ? <Loading rows={8} /> : null}
      {history.status === "failed" ? <Failed what="the history" reason={history.reason} /> : null}
      {rows === undefined ? null : <HistoryTable rows={rows.filter(isFinished)} filter={filter} />}
      {history.status !== "ready" || history.value.isDone || numItems >= mostShown ? null : (
        <button type="button" className="more-button" onClick={() => setShown(shown + pageSize)}>
          Show older ones
        </button>
      )}
    </main>
  )
}

/** What was there last, while more of it is being read. */
function useLatest<T>(value: T | undefined): T | undefined {
  const latest = useRef(value)
  if (value !== undefined) latest.current = value
  return latest.current
}

interface HistoryTableProps {
  readonly rows: readonly HistoryOrchestration[]
  readonly filter: Filter | undefined
}

function HistoryTable({ rows: all, filter }: HistoryTableProps) {
  const rows = all.filter((row) => isOrchestrationMeant(row, filter))
  if (rows.length === 0 && all.length > 0) return <NothingMeant />
  if (rows.length === 0) {
    return (
      <Empty title="Nothing has finished yet">
        An orchestration comes here when it is complete, or when its files are gone from its
        machine.
      </Empty>
    )
  }
  return (
    <div className="table-scroll">
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Orchestration</th>
            <th scope="col">Status</th>
            <th scope="col" className="if-wide">
              Phase
            </th>
            <th scope="col">Started</th>
            <th scope="col" className="end">
              Took
            </th>
            <th scope="col" className="if-wide">
              Node
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <HistoryRow key={row._id} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function HistoryRow({ row }: { readonly row: HistoryOrchestration }) {
  const now = useNow()
  return (
    <tr>
      <th scope="row">
        <a href={routeToFragment({ screen: "orchestration", id: row._id })} title={row.featureName}>
          {shortName(row.featureName)}
        </a>
      </th>
      <td>
        <Status look={orchestrationLook(row)} />
      </td>
      <td className="num if-wide">{phaseText(row)}</td>
      <td>
        <Moment at={row.startedAt} />
      </td>
      <td className="num end">{elapsedText(row, now)}</td>
      <td className="if-wide">{row.nodeName}</td>
    </tr>
  )
}
