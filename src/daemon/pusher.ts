/** The worker of the outbox: sends batches as this node, and tries again as soon as the deployment is back. */
import { TinaError } from "../base/errors.ts"
import type { DeploymentNode } from "../cloud/node.ts"
import { api } from "../convex/_generated/api.js"
import { type BatchResult, createWorker, type Worker } from "../core/worker.ts"
import type { ApplyOutcome, Document } from "../model/document.ts"
import type { Job } from "../store/jobs.ts"
import type { Outbox } from "../sync/outbox.ts"
import type { Problems } from "../sync/problems.ts"
import { type PromiseAgainDeps, restore } from "../sync/promise-again.ts"
import { push, type PushDeps } from "../sync/push.ts"
import type { Ground } from "./ground.ts"

export interface PusherParts {
  readonly again: PromiseAgainDeps & { readonly outbox: Outbox }
  readonly node: Pick<DeploymentNode, "id" | "lost">
  readonly problems: Problems
}

/** At most so much is sent in one mutation: well within what Convex takes in one. */
const batch = { limit: 500, maxBytes: 1_000_000 }

export function createPusher(ground: Ground, { again, node, problems }: PusherParts): Worker {
  const { store, clock, log, bus } = ground
  const { outbox } = again
  const deps: PushDeps = {
    apply: (documents, signal) => apply(documents, node.id(), ground, signal),
    nodeLost: node.lost,
    restoreParents: (orphans) => restore(orphans, "parents", again),
    restoreTasks: (orphans) => restore(orphans, "tasks", again),
    gaveUp({ kind }, reason) {
      const message = `cannot sync a ${kind}: ${reason}`
      problems.report(`outbox ${kind}`, { code: "refused", message, hint: "tina-daemon doctor" })
    },
  }
  const worker = createWorker(
    {
      queue: outbox,
      batch,
      async handle(jobs, signal) {
        const result = await push(jobs, deps, signal)
        observeAge(jobs, result, ground)
        return result
      },
      settled: () => bus.publish("outbox.changed", { ready: outbox.stats().ready }),
    },
    { store, clock, log, random: Math.random },
  )
  bus.subscribe("deployment.changed", ({ state }) => {
    if (state === "connected") worker.retryNow()
  })
  return worker
}

/** How long it took from promising to the deployment's word that it has it. */
function observeAge(
  jobs: readonly Job<Document>[],
  { done }: BatchResult,
  { measures, clock }: Ground,
): void {
  const acknowledged = new Set(done)
  for (const { id, createdAt } of jobs) {
    if (acknowledged.has(id)) measures.acknowledged.observe((clock.now() - createdAt) / 1000)
  }
}

async function apply(
  documents: Document[],
  nodeId: ReturnType<DeploymentNode["id"]>,
  { cloud, deployment, reach }: Ground,
  signal: AbortSignal,
): Promise<ApplyOutcome[]> {
  if (nodeId === undefined) {
    throw new TinaError("offline", "cannot send: this machine is not registered yet")
  }
  try {
    const args = { token: deployment.token, nodeId, documents }
    const { outcomes } = await cloud.mutation(api.ingest.applyBatch, args, { signal })
    reach.called(undefined)
    return outcomes
  } catch (error) {
    if (error instanceof TinaError) reach.called(error)
    throw error
  }
}
