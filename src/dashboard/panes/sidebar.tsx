/** The list at the left, first of all what needs a person. On a phone it is the first screen. */
import { useMemo, useRef } from "react"
import { type Board, useBoard } from "../live/board.ts"
import { useNow } from "../live/page-clock.ts"
import { useViewer } from "../live/use-live.ts"
import { go, useRoute } from "../live/use-route.ts"
import { Icon } from "../parts/icon.tsx"
import { StatusMark } from "../parts/status-mark.tsx"
import { TreeList } from "../parts/tree-list.tsx"
import { NothingRuns } from "./nothing-runs.tsx"
import { useLatch } from "../parts/use-latch.ts"
import { useToggled } from "../parts/use-toggled.ts"
import type { Route } from "../view/route.ts"
import { type SidebarRow, sidebarRowsOf } from "../view/sidebar-rows.ts"

export function Sidebar() {
  const board = useBoard()
  const route = useRoute()
  const { role } = useViewer()
  const [closed, toggle] = useToggled()
  const scroller = useRef<HTMLElement>(null)
  const rows = useSidebarRows(board, closed)
  const isLoaded = useLatch(isAllRead(board))
  const arrangement = useMemo(() => ({}), [closed, isLoaded])
  return (
    <nav className="pane sidebar" aria-label="Orchestrations and nodes" ref={scroller}>
      <div className="sidebar-links">
        <SidebarLink
          route={{ screen: "overview" }}
          current={route}
          icon="overview"
          text="Overview"
        />
        <SidebarLink route={{ screen: "history" }} current={route} icon="history" text="History" />
        {role === "operator" ? (
          <SidebarLink route={{ screen: "start" }} current={route} icon="plus" text="Start" />
        ) : null}
      </div>
      <TreeList
        label="What needs you, what runs, what is done"
        rows={rows}
        selectedKey={selectedKey(rows, route)}
        scroller={scroller}
        arrangement={arrangement}
        onOpen={(row) => {
          if (row.route !== undefined) go(row.route)
        }}
        onToggle={(row) => toggle(row.key)}
        renderRow={(row) => <Row row={row} />}
      />
      {board.orchestrations.status === "ready" && board.orchestrations.value.length === 0 ? (
        <div className="narrow-only">
          <NothingRuns />
        </div>
      ) : null}
    </nav>
  )
}

function isAllRead({ orchestrations, nodes, progressById }: Board): boolean {
  if (orchestrations.status !== "ready" || nodes.status !== "ready") return false
  return progressById.size >= orchestrations.value.length
}

function useSidebarRows(board: Board, closed: ReadonlySet<string>): SidebarRow[] {
  const now = useNow()
  return useMemo(
    () =>
      sidebarRowsOf({
        orchestrations: board.orchestrations.status === "ready" ? board.orchestrations.value : [],
        nodes: board.nodes.status === "ready" ? board.nodes.value : [],
        progressById: board.progressById,
        reports: board.reports,
        needs: board.needs,
        finished: board.finished,
        now,
        closed,
      }),
    [board, closed, now],
  )
}

function selectedKey(rows: readonly SidebarRow[], route: Route): string | undefined {
  if (route.screen !== "orchestration") return undefined
  return rows.find((row) => row.route?.screen === "orchestration" && row.route.id === route.id)?.key
}

function Row({ row }: { readonly row: SidebarRow }) {
  if (row.isHeading === true) {
    return (
      <span className="section-title">
        <Chevron isOpen={row.isOpen === true} />
        {row.title}
        <span className="count num">{row.count}</span>
      </span>
    )
  }
  return (
    <span className="noted">
      <span className="line" title={row.tooltip}>
        {row.look === undefined ? null : <StatusMark look={row.look} />}
        <span className="title">{row.title}</span>
        <span
          className={`aside num ${row.key.startsWith("need:") ? `tone-${row.look?.tone}` : ""}`}
        >
          {row.aside}
        </span>
      </span>
      {row.note === undefined ? null : <span className="row-note">{row.note}</span>}
    </span>
  )
}

export function Chevron({ isOpen }: { readonly isOpen: boolean }) {
  return (
    <span className={`chevron${isOpen ? " is-open" : ""}`}>
      <Icon name="chevron" />
    </span>
  )
}

interface LinkProps {
  readonly route: Route
  readonly current: Route
  readonly icon: "overview" | "history" | "plus"
  readonly text: string
}

function SidebarLink({ route, current, icon, text }: LinkProps) {
  const isCurrent = route.screen === current.screen
  const href = route.screen === "overview" ? "#/" : `#/${route.screen}`
  return (
    <a href={href} className="sidebar-link" aria-current={isCurrent ? "page" : undefined}>
      <Icon name={icon} />
      {text}
    </a>
  )
}
