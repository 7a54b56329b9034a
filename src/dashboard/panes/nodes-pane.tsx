/** The machines: which are there, since when the others are silent, and what runs on each. */
import { useBoard } from "../live/board.ts"
import { useNow } from "../live/page-clock.ts"
import { Empty, Failed, Loading } from "../parts/empty.tsx"
import { Status } from "../parts/status-mark.tsx"
import { Ago } from "../parts/time-text.tsx"
import { nodeStatus } from "../view/node-status.ts"
import type { Node } from "../view/rows.ts"
import { lookOf } from "../view/tone.ts"
import { PaneHead } from "./pane-head.tsx"

export function NodesPane() {
  return (
    <main className="pane nodes" id="main" tabIndex={-1}>
      <PaneHead title="Nodes" />
      <NodeTable />
    </main>
  )
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
            <th scope="col">System</th>
            <th scope="col">Version</th>
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
  const { orchestrations } = useBoard()
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
      <td>{node.os}</td>
      <td className="num">{node.version ?? "unknown"}</td>
      <td className="num end">{count}</td>
    </tr>
  )
}
