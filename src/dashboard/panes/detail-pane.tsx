/** The pane at the right: one task, member, team or event in full, or the orchestration's own properties. */
import { useEffect, useRef } from "react"
import { Icon } from "../parts/icon.tsx"
import { type Detail, routeToFragment } from "../view/route.ts"
import type { OrchestrationDetail } from "../view/rows.ts"
import { AboutDetail } from "./about-detail.tsx"
import { EventDetail } from "./event-detail.tsx"
import { MemberDetail } from "./member-detail.tsx"
import { TaskDetail } from "./task-detail.tsx"
import { TeamDetail } from "./team-detail.tsx"

interface Props {
  readonly detail: OrchestrationDetail
  readonly selected: Detail | undefined
}

const names: Readonly<Record<Detail["kind"], string>> = {
  task: "Task",
  member: "Member",
  team: "Team",
  event: "Event",
  about: "Properties",
}

/** Without a selection it shows the properties, and only where there is room beside the rest. */
export function DetailPane({ detail, selected }: Props) {
  const shown = selected ?? { kind: "about", id: "orchestration" }
  const ref = useFocusOnOpen(selected)
  return (
    <aside
      className="pane detail"
      aria-label={names[shown.kind]}
      data-open={selected === undefined ? undefined : true}
      ref={ref}
      tabIndex={-1}
    >
      <div className="detail-head">
        <span className="faint">{names[shown.kind]}</span>
        <span className="spring" />
        {selected === undefined ? null : (
          <a
            className="icon-button"
            href={routeToFragment({ screen: "orchestration", id: detail._id })}
            title="Close (Escape)"
          >
            <Icon name="close" />
            <span className="unseen">Close</span>
          </a>
        )}
      </div>
      <Content detail={detail} shown={shown} />
    </aside>
  )
}

function Content({
  detail,
  shown,
}: {
  readonly detail: OrchestrationDetail
  readonly shown: Detail
}) {
  switch (shown.kind) {
    case "task":
      return <TaskDetail key={shown.id} detail={detail} taskId={shown.id} />
    case "member":
      return <MemberDetail detail={detail} memberId={shown.id} />
    case "team":
      return <TeamDetail detail={detail} teamId={shown.id} />
    case "event":
      return <EventDetail detail={detail} eventId={shown.id} />
    case "about":
      return <AboutDetail detail={detail} />
  }
}

/** Where the pane covers the list it takes the focus, and gives it back when it closes. */
function useFocusOnOpen(selected: Detail | undefined) {
  const ref = useRef<HTMLElement>(null)
  const isOpen = selected !== undefined
  useEffect(() => {
    if (!isOpen || !matchMedia("(max-width: 1199px)").matches) return undefined
    const before = document.activeElement
    ref.current?.focus()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [isOpen])
  return ref
}
