/**
 * What waits here belongs to one node of one deployment. When the deployment is another one, or was reset, nobody
 * there knows these actions: they are forgotten, so that they hold up nothing.
 */
import type { NodeId } from "../cloud/node.ts"
import type { Queue } from "../store/jobs.ts"
import type { Store } from "../store/open.ts"
import type { ActionQueues } from "./inbox.ts"

export interface ForgetDeps {
  readonly store: Pick<Store, "kv" | "transaction">
  readonly queues: ActionQueues
}

const nodeKey = "actions.node"
const atOnce = 1_000

/** How many were forgotten. */
export function forgetOthers(nodeId: NodeId, { store, queues }: ForgetDeps): number {
  const { kv } = store
  if (kv.get(nodeKey) === nodeId) return 0
  return store.transaction(() => {
    const isFirst = kv.get(nodeKey) === undefined
    kv.set(nodeKey, nodeId)
    if (isFirst) return 0
    return clear(queues.inbox) + clear(queues.results) + clear(queues.observations)
  })
}

function clear<T>(queue: Queue<T>): number {
  const keys = queue.waiting(atOnce).flatMap(({ key }) => key ?? [])
  for (const key of keys) queue.withdraw(key)
  return keys.length === 0 ? 0 : keys.length + clear(queue)
}
