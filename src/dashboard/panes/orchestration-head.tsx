/** The head of an orchestration: what it is, how far it is, what it waits for, and what may be asked of it. */
import { useBoard } from "../live/board.ts"
import { useNow } from "../live/page-clock.ts"
import { CopyButton } from "../parts/copy-button.tsx"
import { Icon } from "../parts/icon.tsx"
import { ProgressBar } from "../parts/progress-bar.tsx"
import { Status, StatusMark } from "../parts/status-mark.tsx"
import { needOf } from "../view/needs.ts"
import { nodeStatus } from "../view/node-status.ts"
import { routeToFragment } from "../view/route.ts"
import type { OrchestrationDetail } from "../view/rows.ts"
import { shortName } from "../view/title.ts"
import { doneText, elapsedText, phaseText, waitsFor } from "../view/summary.ts"
import { formatAgo } from "../view/time.ts"
import { orchestrationLook } from "../view/tone.ts"
import { Controls } from "./controls.tsx"
import { useOrchestrationProgress } from "./use-orchestration-progress.ts"

export function OrchestrationHead({ detail }: { readonly detail: OrchestrationDetail }) {
  const now = useNow()
  const progress = useOrchestrationProgress(detail)
  const isPlanned = detail.origin !== "adopted" && detail.totalPhases > 0
  const phase = isPlanned ? `phase ${phaseText(detail)}` : "ad hoc"
  return (
    <div className="orchestration-head">
      <div className="pane-head">
        <a className="icon-button narrow-only" href="#/" title="Back">
          <Icon name="back" />
          <span className="unseen">Back</span>
        </a>
        <h1 className="pane-title" title={detail.featureName}>
          {shortName(detail.featureName)}
        </h1>
        <Status look={orchestrationLook(detail)} />
        <span className="faint num wide-phase">{phase}</span>
        <span className="spring" />
        <a
          className="icon-button details-link"
          href={routeToFragment({
            screen: "orchestration",
            id: detail._id,
            detail: { kind: "about", id: "orchestration" },
          })}
          title="Properties and receipts"
        >
          <Icon name="info" />
          <span className="unseen">Properties and receipts</span>
        </a>
      </div>
      <p className="facts">
        <span>
          <Icon name="node" />
          {detail.nodeName}
        </span>
        {detail.branch === undefined ? null : (
          <span className="mono">
            <Icon name="branch" />
            <span className="clip">{detail.branch}</span>
            <CopyButton text={detail.branch} what="the branch" />
          </span>
        )}
        <span className="num">
          <Icon name="clock" />
          {elapsedText(detail, now)}
        </span>
        <span className="narrow-only num">{phase}</span>
        <span className="facts-tasks num">
          <ProgressBar progress={progress} />
          {doneText(progress)}
        </span>
      </p>
      <NodeWarning detail={detail} />
      <Waits detail={detail} />
      <Controls detail={detail} />
    </div>
  )
}

/** What needs a person stands out; what waits for agents does not. */
function Waits({ detail }: { readonly detail: OrchestrationDetail }) {
  const now = useNow()
  const progress = useOrchestrationProgress(detail)
  if (detail.status === "complete" || detail.endedAt !== undefined) return null
  const need = needOf(detail, progress, now)
  if (need === undefined) {
    return (
      <p className="waits">
        <span className="faint">Waits for</span> {waitsFor(detail, progress, now)}
      </p>
    )
  }
  return (
    <p className={`need-notice is-${need.tone}`}>
      <StatusMark look={{ tone: need.tone, label: need.kind }} />
      {capital(need.reason)}
    </p>
  )
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

/** What is shown of an offline machine may be old: said plainly. */
function NodeWarning({ detail }: { readonly detail: OrchestrationDetail }) {
  const { nodes } = useBoard()
  const now = useNow()
  const node =
    nodes.status === "ready" ? nodes.value.find(({ _id }) => _id === detail.nodeId) : undefined
  if (node === undefined || detail.status === "complete") return null
  if (nodeStatus(node, now) === "online") return null
  const seen =
    node.lastHeartbeat === undefined ? "" : `, last seen ${formatAgo(node.lastHeartbeat, now)}`
  return (
    <p className="notice" role="status">
      <Icon name="warning" />
      {node.name} is offline{seen}: this is what was known then, and actions wait until it returns.
    </p>
  )
}
