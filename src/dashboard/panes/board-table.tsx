/** Everything that is under way, as a table: by project, and what belongs to none by its machine. */
import { memo, useMemo, useState } from "react"
import { api } from "../../convex/_generated/api.js"
import { type Board as Known, useBoard } from "../live/board.ts"
import { useNow } from "../live/page-clock.ts"
import { useLive } from "../live/use-live.ts"
import { Failed, Loading, NothingMeant } from "../parts/empty.tsx"
import { FilterField } from "../parts/filter-field.tsx"
import { ProgressBar } from "../parts/progress-bar.tsx"
import { StatusMark } from "../parts/status-mark.tsx"
import { NewRows } from "../parts/new-rows.tsx"
import { NothingRuns } from "./nothing-runs.tsx"
import { useHeldRows } from "../parts/use-held-rows.ts"
import { groupsOf } from "../view/board-groups.ts"
import { filterFor, isOrchestrationMeant } from "../view/filter.ts"
import type { HeldRow } from "../view/held-rows.ts"
import { routeToFragment } from "../view/route.ts"
import type { Orchestration, Progress } from "../view/rows.ts"
import { shortName } from "../view/title.ts"
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
  return <Board rows={orchestrations.value} projects={known} progressById={progressById} />
}

interface KeyedRow extends HeldRow {
  readonly row: Orchestration
}

interface BoardProps extends Pick<Known, "progressById"> {
  readonly rows: readonly Orchestration[]
  readonly projects: Parameters<typeof groupsOf>[1]
}

function Board({ rows, projects, progressById }: BoardProps) {
  const [text, setText] = useState("")
  const [isPointed, setIsPointed] = useState(false)
  const keyed = useMemo(() => rows.map((row) => ({ key: row._id as string, row })), [rows])
  const held = useHeldRows<KeyedRow>(keyed, { isHeld: isPointed, arrangement: text })
  const gone = new Set(held.rows.flatMap(({ key, isGone }) => (isGone === true ? [key] : [])))
  const filter = filterFor(text)
  const shown = groupsOf(
    held.rows.map(({ row }) => row),
    projects,
  ).map(({ name, rows }) => ({
    name,
    rows: rows.filter((row) => isOrchestrationMeant(row, filter, [name])),
  }))
  const groups = shown.filter(({ rows }) => rows.length > 0)
  return (
    <section
      aria-labelledby="running"
      onPointerEnter={({ pointerType }) => setIsPointed(pointerType === "mouse")}
      onPointerLeave={() => setIsPointed(false)}
    >
      <div className="list-head">
        <h2 id="running" className="section-heading">
          Under way <span className="count num">{rows.length}</span>
        </h2>
        <FilterField label="Filter what is under way" value={text} onChange={setText} />
      </div>
      <NewRows count={held.newCount} onShow={held.release} />
      {groups.length === 0 ? <NothingMeant /> : null}
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
            name={shown.length > 1 ? name : undefined}
            rows={rows}
            gone={gone}
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
  readonly gone: ReadonlySet<string>
  readonly progressById: Known["progressById"]
}

function BoardGroup({ name, rows, gone, progressById }: BoardGroupProps) {
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
        <BoardRow
          key={row._id}
          row={row}
          isGone={gone.has(row._id)}
          progress={progressById.get(row._id)}
        />
      ))}
    </div>
  )
}

interface BoardRowProps {
  readonly row: Orchestration
  /** It is over, and only keeps its place while somebody points at the table. */
  readonly isGone: boolean
  readonly progress: Progress | undefined
}

/** Drawn again only when it is another row or has another progress: there may be hundreds beside it. */
const BoardRow = memo(function BoardRow({ row, isGone, progress }: BoardRowProps) {
  const now = useNow()
  const look = orchestrationLook(row)
  const waits = waitsFor(row, progress, now)
  return (
    <div className={`board-row${isGone ? " is-gone" : ""}`} role="row">
      <span role="cell" className="board-name">
        <StatusMark look={look} isSilent />
        <a
          href={routeToFragment({ screen: "orchestration", id: row._id })}
          className="stretched"
          title={row.featureName}
        >
          {shortName(row.featureName)}
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
      <span role="cell" className="col-waits" title={waits}>
        <span className="two-lines">{waits}</span>
      </span>
      <span role="cell" className="col-node faint clip">
        {row.nodeName}
      </span>
    </div>
  )
})
