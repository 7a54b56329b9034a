/** Everything at a glance: what needs somebody with its reason, then what runs, by node. */
import { type Board, useBoard } from "../live/board.ts"
import { useNow } from "../live/page-clock.ts"
import { StatusMark } from "../parts/status-mark.tsx"
import { Ago } from "../parts/time-text.tsx"
import type { Need } from "../view/needs.ts"
import { nodeStatus } from "../view/node-status.ts"
import { findingsOf, reportOf, reportShort } from "../view/node-reports.ts"
import type { Node, NodeReport, Orchestration } from "../view/rows.ts"
import { routeToFragment } from "../view/route.ts"
import { BoardTable } from "./board-table.tsx"
import { FindingList } from "./finding-list.tsx"
import { doneToday } from "../view/sidebar-rows.ts"
import { elapsedText } from "../view/summary.ts"
import { shortName } from "../view/title.ts"
import { lookOf, orchestrationLook } from "../view/tone.ts"

const mostShown = 4

export function OverviewPane() {
  const board = useBoard()
  return (
    <main className="pane overview" id="main" tabIndex={-1}>
      <h1 className="unseen">Overview</h1>
      <NeedList needs={board.needs} />
      <Findings board={board} />
      <BoardTable />
      <DoneToday board={board} />
      <NodeStrip board={board} />
    </main>
  )
}

function NeedList({ needs }: { readonly needs: readonly Need[] }) {
  if (needs.length === 0) return null
  return (
    <section aria-labelledby="needs">
      <h2 id="needs" className="section-heading">
        Needs you <span className="count num">{needs.length}</span>
      </h2>
      <ul className="need-list">
        {needs.map((need) => (
          <li key={need.orchestration._id} className={`need-card tone-edge-${need.tone}`}>
            <StatusMark look={{ tone: need.tone, label: need.kind }} />
            <a href={hrefOf(need.orchestration)} className="need-title stretched">
              {shortName(need.orchestration.featureName)}
            </a>
            <span className="need-reason">{need.reason}</span>
            <span className="faint need-where">{need.orchestration.nodeName}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The first of them; all are with the nodes. */
function Findings({ board: { nodes, reports } }: { readonly board: Board }) {
  if (nodes.status !== "ready") return null
  const findings = findingsOf(nodes.value, reports)
  if (findings.length === 0) return null
  return (
    <section aria-labelledby="findings">
      <h2 id="findings" className="section-heading">
        Problems on nodes <span className="count num">{findings.length}</span>
      </h2>
      <FindingList findings={findings.slice(0, mostShown)} withNode />
      {findings.length > mostShown ? (
        <a className="more-link" href="#/nodes">
          All {findings.length} are with the nodes
        </a>
      ) : null}
    </section>
  )
}

/** The newest of them; the rest is history. */
function DoneToday({ board: { finished } }: { readonly board: Board }) {
  const now = useNow()
  const rows = doneToday(finished, now)
  if (rows.length === 0) return null
  return (
    <section aria-labelledby="done">
      <h2 id="done" className="section-heading">
        Done today <span className="count num">{rows.length}</span>
      </h2>
      <ul className="need-list">
        {rows.slice(0, mostShown).map((row) => (
          <li key={row._id} className="need-card done-card">
            <StatusMark look={orchestrationLook(row)} />
            <a href={hrefOf(row)} className="need-title stretched" title={row.featureName}>
              {shortName(row.featureName)}
            </a>
            <span className="need-reason faint">
              took {elapsedText(row, now)}, {orchestrationLook(row).label}{" "}
              <Ago at={row.completedAt ?? row.endedAt} />
            </span>
            <span className="faint need-where">{row.nodeName}</span>
          </li>
        ))}
      </ul>
      {rows.length > mostShown ? (
        <a className="more-link" href="#/history">
          All of them are in the history
        </a>
      ) : null}
    </section>
  )
}

function NodeStrip({ board }: { readonly board: Board }) {
  const { nodes } = board
  if (nodes.status !== "ready" || nodes.value.length === 0) return null
  return (
    <section aria-labelledby="nodes">
      <h2 id="nodes" className="section-heading">
        Nodes <span className="count num">{nodes.value.length}</span>
      </h2>
      <ul className="node-strip">
        {nodes.value.map((node) => (
          <NodeCard key={node._id} node={node} report={reportOf(node, board.reports)} />
        ))}
      </ul>
    </section>
  )
}

interface NodeCardProps {
  readonly node: Node
  readonly report: NodeReport | undefined
}

function NodeCard({ node, report }: NodeCardProps) {
  const now = useNow()
  const status = nodeStatus(node, now)
  const problems = reportShort(report)
  return (
    <li className="node-card">
      <StatusMark look={lookOf(status)} isSilent />
      <a href="#/nodes" className="stretched">
        {node.name}
      </a>
      <span className="faint">
        {status === "online" ? (
          problems || "online"
        ) : (
          <>
            offline, seen <Ago at={node.lastHeartbeat} />
          </>
        )}
      </span>
    </li>
  )
}

function hrefOf({ _id: id }: Pick<Orchestration, "_id">): string {
  return routeToFragment({ screen: "orchestration", id })
}
