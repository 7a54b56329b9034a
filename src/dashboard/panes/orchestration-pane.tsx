/** One orchestration: its head, where its time went, the work in levels, what happened, and one thing in detail. */
import { useRef } from "react"
import { api } from "../../convex/_generated/api.js"
import { useLive } from "../live/use-live.ts"
import { Empty, Failed, Loading } from "../parts/empty.tsx"
import type { Detail } from "../view/route.ts"
import type { OrchestrationDetail } from "../view/rows.ts"
import { DetailPane } from "./detail-pane.tsx"
import { Events } from "./events.tsx"
import { OrchestrationHead } from "./orchestration-head.tsx"
import { PaneHead } from "./pane-head.tsx"
import { Timeline } from "./timeline.tsx"
import { WorkTree } from "./work-tree.tsx"

interface Props {
  readonly id: string
  readonly detail: Detail | undefined
}

export function OrchestrationPane({ id, detail: selected }: Props) {
  const live = useLive(api.board.orchestration, { orchestrationId: id })
  if (live.status !== "ready") {
    return (
      <main className="pane orchestration" id="main" tabIndex={-1}>
        <PaneHead title="Orchestration" />
        {live.status === "loading" ? (
          <Loading rows={8} />
        ) : (
          <Failed what="it" reason={live.reason} />
        )}
      </main>
    )
  }
  if (live.value === null) return <Gone />
  return (
    <>
      <Body detail={live.value} selected={selected} />
      <DetailPane detail={live.value} selected={selected} />
    </>
  )
}

function Body({
  detail,
  selected,
}: {
  readonly detail: OrchestrationDetail
  readonly selected: Detail | undefined
}) {
  const scroller = useRef<HTMLElement>(null)
  return (
    <main
      className="pane orchestration"
      id="main"
      tabIndex={-1}
      ref={scroller}
      data-covered={selected === undefined ? undefined : true}
    >
      <OrchestrationHead detail={detail} />
      <Timeline phases={detail.phases} />
      <WorkTree detail={detail} selected={selected} scroller={scroller} />
      <Events orchestrationId={detail._id} selected={selected} scroller={scroller} />
    </main>
  )
}

function Gone() {
  return (
    <main className="pane orchestration" id="main" tabIndex={-1}>
      <PaneHead title="Not here" />
      <Empty title="This orchestration is not in the deployment">
        It was deleted, or the link is from another deployment. The list shows what is there.
      </Empty>
    </main>
  )
}
