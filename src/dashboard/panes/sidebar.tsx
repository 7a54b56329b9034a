/** The list at the left, first of all what needs a person. On a phone it is the first screen. */
import { useMemo, useRef, useState } from "react"
import { type Board, useBoard } from "../live/board.ts"
import { useNow } from "../live/page-clock.ts"
import { useViewer } from "../live/use-live.ts"
import { go, useRoute } from "../live/use-route.ts"
import { Icon } from "../parts/icon.tsx"
import { StatusMark } from "../parts/status-mark.tsx"
import { TreeList } from "../parts/tree-list.tsx"
import { useToggled } from "../parts/use-toggled.ts"
import type { Route } from "../view/route.ts"
import { type SidebarRow, sidebarRowsOf } from "../view/sidebar-rows.ts"

export function Sidebar() {
  const board = useBoard()
  const route = useRoute()
  const { role } = useViewer()
  const [closed, toggle] = useToggled()
  const scroller = useRef<HTMLElement>(null)
  const [isHeld, setIsHeld] = useState(false)
  const rows = useHeldRows(useSidebarRows(board, closed), isHeld)
  return (
    <nav
      className="pane sidebar"
      aria-label="Orchestrations and nodes"
      ref={scroller}
      onPointerEnter={() => setIsHeld(true)}
      onPointerLeave={() => setIsHeld(false)}
    >
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
        onOpen={(row) => {
          if (row.route !== undefined) go(row.route)
        }}
        onToggle={(row) => toggle(row.key)}
        renderRow={(row) => <Row row={row} />}
      />
    </nav>
  )
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

/**
 * While the pointer is over the list, rows that only change places stay where they are. A row that comes or
 * goes changes the list at once: it would be worse to show what is not so.
 */
function useHeldRows(rows: readonly SidebarRow[], isHeld: boolean): readonly SidebarRow[] {
  const places = useRef<ReadonlyMap<string, number>>(new Map())
  const isKnown =
    rows.length === places.current.size && rows.every(({ key }) => places.current.has(key))
  if (!isHeld || !isKnown) {
    places.current = new Map(rows.map(({ key }, index) => [key, index]))
    return rows
  }
  const placeOf = ({ key }: SidebarRow) => places.current.get(key) ?? 0
  return rows.toSorted((a, b) => placeOf(a) - placeOf(b))
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
    <span className="line" title={row.tooltip}>
      {row.look === undefined ? null : <StatusMark look={row.look} />}
      <span className="title">{row.title}</span>
      <span className={`aside num ${row.key.startsWith("need:") ? `tone-${row.look?.tone}` : ""}`}>
        {row.aside}
      </span>
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
