/** Everything at a glance: what needs somebody with its reason, then what runs, by node. */
import { type Board, useBoard } from "../live/board.ts"
import { useNow } from "../live/page-clock.ts"
import { StatusMark } from "../parts/status-mark.tsx"
import { Ago } from "../parts/time-text.tsx"
import type { Need } from "../view/needs.ts"
import { nodeStatus } from "../view/node-status.ts"
import type { Node, Orchestration } from "../view/rows.ts"
import { routeToFragment } from "../view/route.ts"
import { BoardTable } from "./board-table.tsx"
import { lookOf } from "../view/tone.ts"

export function OverviewPane() {
  const board = useBoard()
  return (
    <main className="pane overview" id="main" tabIndex={-1}>
      <h1 className="unseen">Overview</h1>
      <NeedList needs={board.needs} />
      <BoardTable />
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
              {need.orchestration.featureName}
            </a>
            <span className="need-reason">{need.reason}</span>
            <span className="faint need-where">{need.orchestration.nodeName}</span>
          </li>
        ))}
      </ul>
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
          <NodeCard key={node._id} node={node} />
        ))}
      </ul>
    </section>
  )
}

function NodeCard({ node }: { readonly node: Node }) {
  const now = useNow()
  const status = nodeStatus(node, now)
  return (
    <li className="node-card">
      <StatusMark look={lookOf(status)} isSilent />
      <a href="#/nodes" className="stretched">
        {node.name}
      </a>
      <span className="faint">
        {status === "online" ? (
          "online"
        ) : (
          <>
            offline, seen <Ago at={node.lastHeartbeat} />
          </>
        )}
      </span>
    </li>
  )
}

function hrefOf({ _id: id }: Orchestration): string {
  return routeToFragment({ screen: "orchestration", id })
}
