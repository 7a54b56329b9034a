/** One registered node on a fresh deployment, with the calls that the suites make for it. */
import type { Id } from "../../../src/convex/_generated/dataModel.js"
import { api } from "../../../src/convex/_generated/api.js"
import type { ApplyOutcome, Document } from "../../../src/convex/documents.ts"
import { issueToken, type OpenPeer, type Peer } from "../convex-peer.ts"

export interface NodeSession extends AsyncDisposable {
  readonly peer: Peer
  /** The node's own token. */
  readonly token: string
  readonly operator: string
  readonly nodeId: Id<"nodes">
  apply(...documents: Document[]): Promise<ApplyOutcome[]>
  /** The id of the orchestration with this key. */
  idOf(key: string): Promise<Id<"orchestrations">>
  detailOf(key: string): ReturnType<typeof readDetail>
}

export async function openNodeSession(open: OpenPeer): Promise<NodeSession> {
  const peer = await open()
  const token = await issueToken(peer, "node", "laptop")
  const operator = await issueToken(peer, "operator", "phone")
  const nodeId = await peer.mutation(api.nodes.registerNode, { token, name: "laptop", os: "linux" })
  const idOf = async (key: string) => {
    const { orchestrations } = await peer.query(api.teams.registry, { token, nodeId })
    const found = orchestrations.find((each) => each.key === key)
    if (found === undefined) throw new Error(`no orchestration has the key ${key}`)
    return found.id
  }
  return {
    peer,
    token,
    operator,
    nodeId,
    idOf,
    apply: async (...documents) =>
      (await peer.mutation(api.ingest.applyBatch, { token, nodeId, documents })).outcomes,
    detailOf: async (key) => readDetail(peer, token, await idOf(key)),
    [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
  }
}

export async function readDetail(peer: Peer, token: string, orchestrationId: Id<"orchestrations">) {
  const args = { token, orchestrationId }
  const detail = await peer.query(api.orchestrations.getOrchestrationDetail, args)
  if (detail === null) throw new Error("the orchestration is gone")
  return detail
}

/** Everything in the history of an orchestration, in order. */
export async function readHistory(
  { peer, token }: NodeSession,
  orchestrationId: Id<"orchestrations">,
) {
  const history = []
  let cursor: string | null = null
  for (;;) {
    const paginationOpts: { numItems: number; cursor: string | null } = { numItems: 100, cursor }
    const args = { token, orchestrationId, paginationOpts }
    const page = await peer.query(api.tasks.listHistory, args)
    history.push(...page.page)
    if (page.isDone) return history
    cursor = page.continueCursor
  }
}
