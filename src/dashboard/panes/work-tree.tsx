/** The work of an orchestration: phases, teams, members and tasks, each row opening its detail. */
import { type RefObject, useMemo, useState } from "react"
import { go } from "../live/use-route.ts"
import { Empty, NothingMeant } from "../parts/empty.tsx"
import { FilterField } from "../parts/filter-field.tsx"
import { TreeList } from "../parts/tree-list.tsx"
import { useLatch } from "../parts/use-latch.ts"
import { useToggled } from "../parts/use-toggled.ts"
import { filterFor, meantRows } from "../view/filter.ts"
import type { ListRow } from "../view/list-move.ts"
import type { Detail } from "../view/route.ts"
import type { OrchestrationDetail } from "../view/rows.ts"
import { type WorkRow, workRowsOf } from "../view/work-rows.ts"
import { useTeamTasks } from "./use-team-tasks.ts"
import { WorkRowLine } from "./work-row.tsx"

interface Props {
  readonly detail: OrchestrationDetail
  readonly selected: Detail | undefined
  readonly scroller: RefObject<HTMLElement | null>
}

export type ShownRow = WorkRow & ListRow

export function WorkTree({ detail, selected, scroller }: Props) {
  const [toggled, toggle] = useToggled()
  const tasksByTeam = useTeamTasks(detail.teams)
  const [text, setText] = useState("")
  const rows = useMemo<ShownRow[]>(() => {
    const filter = filterFor(text)
    const isAllOpen = filter !== undefined
    const all = workRowsOf({ detail, tasksByTeam, toggled, isAllOpen })
    return meantRows(all, filter).map(withOpening)
  }, [detail, tasksByTeam, toggled, text])
  const isLoaded = useLatch(detail.teams.every(({ _id }) => tasksByTeam.has(_id)))
  const arrangement = useMemo(() => ({}), [toggled, isLoaded, text])
  if (rows.length === 0 && text === "") {
    return (
      <Empty title="No phase and no team yet">
        The first team appears when an agent starts it in this worktree. Until then the plan is
        being made.
      </Empty>
    )
  }
  return (
    <section className="work" aria-labelledby="work">
      <div className="list-head">
        <h2 id="work" className="section-heading">
          Work
        </h2>
        <FilterField label="Filter tasks and members" value={text} onChange={setText} />
      </div>
      {rows.length === 0 ? <NothingMeant /> : null}
      <TreeList
        label="Phases, teams, members and tasks"
        rows={rows}
        selectedKey={selected === undefined ? undefined : `${selected.kind}:${selected.id}`}
        scroller={scroller}
        arrangement={arrangement}
        onOpen={(row) => open(detail, row)}
        onToggle={(row) => toggle(row.key)}
        renderRow={(row) => (
          <WorkRowLine
            row={row}
            teamTasks={row.kind === "member" ? tasksByTeam.get(row.team._id) : undefined}
          />
        )}
      />
    </section>
  )
}

/** Phases and groups show and hide; what has a detail opens it. */
function withOpening(row: WorkRow): ShownRow {
  return row.kind === "phase" || row.kind === "group" ? { ...row, opens: "toggle" } : row
}

function open({ _id: id }: OrchestrationDetail, row: WorkRow): void {
  const [kind = "", detailId = ""] = row.key.split(":")
  if (kind !== "task" && kind !== "member" && kind !== "team") return
  if (row.kind !== "note") go({ screen: "orchestration", id, detail: { kind, id: detailId } })
}
