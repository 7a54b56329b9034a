/** The machines: which are there, since when the others are silent, and what runs on each. */
import { useBoard } from "../live/board.ts"
import { useNow } from "../live/page-clock.ts"
import { Empty, Failed, Loading } from "../parts/empty.tsx"
import { Status } from "../parts/status-mark.tsx"
import { Ago } from "../parts/time-text.tsx"
import { findingsOf, reportOf, reportText, unsentCount } from "../view/node-reports.ts"
import { nodeStatus } from "../view/node-status.ts"
import type { Node } from "../view/rows.ts"
import { formatAgo } from "../view/time.ts"
import { lookOf } from "../view/tone.ts"
import { FindingList } from "./finding-list.tsx"
import { PaneHead } from "./pane-head.tsx"

export function NodesPane() {
  return (
    <main className="pane nodes" id="main" tabIndex={-1}>
      <PaneHead title="Nodes" />
      <NodeTable />
      <Reports />
    </main>
  )
}

function Reports() {
  const { nodes, reports } = useBoard()
  const now = useNow()
  if (nodes.status !== "ready") return null
  return nodes.value.map((node) => {
    const report = reportOf(node, reports)
    if (report === undefined || reportText(report) === "") return null
    const unsent = unsentCount(report)
    return (
      <section key={node._id} className="node-report" aria-label={`What is wrong on ${node.name}`}>
        <h2 className="section-heading">
          {node.name}
          <span className="count">{reportText(report)}</span>
        </h2>
        {nodeStatus(node, now) === "online" ? null : (
          <p className="notice" role="status">
            {node.name} is offline: this is what it said last, {formatAgo(report.reportedAt, now)}.
          </p>
        )}
        <FindingList findings={findingsOf([node], reports)} />
        {unsent === 0 ? null : (
          <p className="faint more-link">
            {unsent} more on that machine: <code>tina-daemon problems</code>
          </p>
        )}
      </section>
    )
  })
}

function NodeTable() {
  const { nodes } = useBoard()
  if (nodes.status === "loading") return <Loading />
  if (nodes.status === "failed") return <Failed what="the nodes" reason={nodes.reason} />
  if (nodes.value.length === 0) {
    return (
      <Empty title="No machine has registered" command="tina-daemon --local">
        A machine appears here as soon as its daemon has reached this deployment. Start one:
      </Empty>
    )
  }
  return (
    <div className="table-scroll">
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">State</th>
            <th scope="col">Last seen</th>
            <th scope="col" className="if-wide">
              System
            </th>
            <th scope="col" className="if-wide">
              Version
            </th>
            <th scope="col" className="if-wide">
              Problems
            </th>
            <th scope="col" className="end">
              Under way
            </th>
          </tr>
        </thead>
        <tbody>
          {nodes.value.map((node) => (
            <NodeRow key={node._id} node={node} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function NodeRow({ node }: { readonly node: Node }) {
  const { orchestrations, reports } = useBoard()
  const problems = reportText(reportOf(node, reports))
  const now = useNow()
  const rows = orchestrations.status === "ready" ? orchestrations.value : []
  const count = rows.filter(({ nodeId }) => nodeId === node._id).length
  return (
    <tr>
      <th scope="row">{node.name}</th>
      <td>
        <Status look={lookOf(nodeStatus(node, now))} />
      </td>
      <td>
        <Ago at={node.lastHeartbeat} />
      </td>
      <td className="if-wide">{node.os}</td>
      <td className="num if-wide">{node.version ?? "unknown"}</td>
      <td className={`if-wide ${problems === "" ? "faint" : "tone-waiting"}`}>
        {problems || "none"}
      </td>
      <td className="num end">{count}</td>
    </tr>
  )
}
