/** The orchestrations that are over, newest first, more of them when asked. */
import { useState } from "react"
import { api } from "../../convex/_generated/api.js"
import { isFinished } from "../live/board.ts"
import { useNow } from "../live/page-clock.ts"
import { useLive } from "../live/use-live.ts"
import { Empty, Failed, Loading } from "../parts/empty.tsx"
import { Status } from "../parts/status-mark.tsx"
import { Moment } from "../parts/time-text.tsx"
import type { HistoryOrchestration } from "../view/rows.ts"
import { routeToFragment } from "../view/route.ts"
import { elapsedText, phaseText } from "../view/summary.ts"
import { orchestrationLook } from "../view/tone.ts"
import { PaneHead } from "./pane-head.tsx"

const pageSize = 50
const mostShown = 500

export function HistoryPane() {
  const [shown, setShown] = useState(pageSize)
  const history = useLive(api.board.history, {
    paginationOpts: { numItems: shown, cursor: null },
  })
  return (
    <main className="pane history" id="main" tabIndex={-1}>
      <PaneHead title="History" />
      {history.status === "loading" ? <Loading rows={8} /> : null}
      {history.status === "failed" ? <Failed what="the history" reason={history.reason} /> : null}
      {history.status === "ready" ? (
        <>
          <HistoryTable rows={history.value.page.filter(isFinished)} />
          {history.value.isDone || shown >= mostShown ? null : (
            <button
              type="button"
              className="more-button"
              onClick={() => setShown(shown + pageSize)}
            >
              Show older ones
            </button>
          )}
        </>
      ) : null}
    </main>
  )
}

function HistoryTable({ rows }: { readonly rows: readonly HistoryOrchestration[] }) {
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
            <th scope="col">Phase</th>
            <th scope="col">Started</th>
            <th scope="col" className="end">
              Took
            </th>
            <th scope="col">Node</th>
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
        <a href={routeToFragment({ screen: "orchestration", id: row._id })}>{row.featureName}</a>
      </th>
      <td>
        <Status look={orchestrationLook(row)} />
      </td>
      <td className="num">{phaseText(row)}</td>
      <td>
        <Moment at={row.startedAt} />
      </td>
      <td className="num end">{elapsedText(row, now)}</td>
      <td>{row.nodeName}</td>
    </tr>
  )
}
