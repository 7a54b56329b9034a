/** Everything that is under way, as a table: by project, and what belongs to none by its machine. */
import { memo } from "react"
import { api } from "../../convex/_generated/api.js"
import { type Board, useBoard } from "../live/board.ts"
import { useNow } from "../live/page-clock.ts"
import { useLive } from "../live/use-live.ts"
import { Empty, Failed, Loading } from "../parts/empty.tsx"
import { ProgressBar } from "../parts/progress-bar.tsx"
import { StatusMark } from "../parts/status-mark.tsx"
import { groupsOf } from "../view/board-groups.ts"
import { routeToFragment } from "../view/route.ts"
import type { Orchestration, Progress } from "../view/rows.ts"
import { doneText, elapsedText, phaseText, waitsFor } from "../view/summary.ts"
import { orchestrationLook } from "../view/tone.ts"

export function BoardTable() {
  const { orchestrations, progressById } = useBoard()
  const projects = useLive(api.projects.listProjects, {})
  if (orchestrations.status === "loading") return <Loading rows={6} />
  if (orchestrations.status === "failed") {
    return <Failed what="the orchestrations" reason={orchestrations.reason} />
  }
  if (orchestrations.value.length === 0) return <NothingRuns />
  const known = projects.status === "ready" ? projects.value : []
  const groups = groupsOf(orchestrations.value, known)
  return (
    <section aria-labelledby="running">
      <h2 id="running" className="section-heading">
        Under way <span className="count num">{orchestrations.value.length}</span>
      </h2>
      <div className="board" role="table" aria-label="Orchestrations under way">
        <div className="board-head" role="row">
          <span role="columnheader">Orchestration</span>
          <span role="columnheader">Status</span>
          <span role="columnheader" className="col-phase">
            Phase
          </span>
          <span role="columnheader">Tasks</span>
          <span role="columnheader" className="col-elapsed end">
            Elapsed
          </span>
          <span role="columnheader" className="col-waits">
            Waits for
          </span>
          <span role="columnheader" className="col-node">
            Node
          </span>
        </div>
        {groups.map(({ name, rows }) => (
          <BoardGroup
            key={name}
            name={groups.length > 1 ? name : undefined}
            rows={rows}
            progressById={progressById}
          />
        ))}
      </div>
    </section>
  )
}

interface BoardGroupProps {
  /** Undefined when there is only one group. */
  readonly name: string | undefined
  readonly rows: readonly Orchestration[]
  readonly progressById: Board["progressById"]
}

function BoardGroup({ name, rows, progressById }: BoardGroupProps) {
  return (
    <div role="rowgroup" aria-label={name}>
      {name === undefined ? null : (
        <div className="board-group" role="row">
          <span role="cell">
            {name} <span className="count num">{rows.length}</span>
          </span>
        </div>
      )}
      {rows.map((row) => (
        <BoardRow key={row._id} row={row} progress={progressById.get(row._id)} />
      ))}
    </div>
  )
}

interface BoardRowProps {
  readonly row: Orchestration
  readonly progress: Progress | undefined
}

/** Drawn again only when it is another row or has another progress: there may be hundreds beside it. */
const BoardRow = memo(function BoardRow({ row, progress }: BoardRowProps) {
  const now = useNow()
  const look = orchestrationLook(row)
  const waits = waitsFor(row, progress, now)
  return (
    <div className="board-row" role="row">
      <span role="cell" className="board-name">
        <StatusMark look={look} isSilent />
        <a href={routeToFragment({ screen: "orchestration", id: row._id })} className="stretched">
          {row.featureName}
        </a>
      </span>
      <span role="cell" className={`tone-${look.tone}`}>
        {look.label}
      </span>
      <span role="cell" className="num col-phase">
        {phaseText(row)}
      </span>
      <span role="cell" className="board-tasks">
        <ProgressBar progress={progress} />
        <span className="num">{doneText(progress)}</span>
      </span>
      <span role="cell" className="num col-elapsed end">
        {elapsedText(row, now)}
      </span>
      <span role="cell" className="col-waits clip" title={waits}>
        {waits}
      </span>
      <span role="cell" className="col-node faint clip">
        {row.nodeName}
      </span>
    </div>
  )
})

function NothingRuns() {
  return (
    <Empty title="No team is at work" command="CLAUDE_CODE_ENABLE_TODO_TOOLS=1 claude">
      Start a team of agents on a machine that runs tina-daemon, and it appears here within a
      moment. Newer models write task files only when this variable is set.
    </Empty>
  )
}
