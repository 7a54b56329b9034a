/**
 * From files to the deployment, wired: the sync promises, the outbox keeps, the pusher sends, the node is
 * alive, the registry is learned.
 */
import { z } from "zod"
import type { TaskDetailView } from "../api/views.ts"
import { TinaError } from "../base/errors.ts"
import { createNode, type DeploymentNode } from "../cloud/node.ts"
import { type NodeRegistry, registryService } from "../cloud/registry.ts"
import { api } from "../convex/_generated/api.js"
import type { Service } from "../core/service.ts"
import { createWorker } from "../core/worker.ts"
import type { Document } from "../model/document.ts"
import type { SupervisorState } from "../model/supervisor-state.ts"
import { type Board, createBoard } from "../sync/board.ts"
import { emptyRegistry, type Registry, worktreeOf } from "../sync/link.ts"
import { type Outbox, outboxQueue } from "../sync/outbox.ts"
import type { Problems } from "../sync/problems.ts"
import { promiseAgain, restore } from "../sync/promise-again.ts"
import { createPromises, promisedState } from "../sync/promises.ts"
import { taskDetail } from "../sync/task-detail.ts"
import { push } from "../sync/push.ts"
import { createSync, type Sync } from "../sync/sync.ts"
import type { Ground } from "./ground.ts"

export interface Outbound {
  readonly node: Service
  readonly machine: DeploymentNode
  readonly pusher: Service
  readonly registry: Service
  readonly sync: Sync
  readonly board: Board
  readonly outbox: Outbox
  nodeId(): string | undefined
  /** `team` is a name or a directory. */
  taskDetail(team: string, id: string): TaskDetailView | undefined
  /** Where an orchestration of the deployment is on this machine. */
  worktreeOf(orchestrationId: string): string | undefined
  /** The state in a worktree as it was last promised. */
  promisedState(worktree: string): SupervisorState | undefined
}

/** At most so much is sent in one mutation: well within what Convex takes in one. */
const batch = { limit: 500, maxBytes: 1_000_000 }
const registryKey = "registry"

const registrySchema: z.ZodType<Registry> = z.object({
  teams: z.array(
    z.object({
      teamName: z.string(),
      localDirName: z.string().optional(),
      leadSessionId: z.string(),
      phaseNumber: z.string().optional(),
      orchestrationKey: z.string(),
    }),
  ),
  orchestrations: z.array(z.object({ id: z.string(), key: z.string() })),
  worktrees: z.array(z.string()),
})

export function wireOutbound(ground: Ground, problems: Problems): Outbound {
  const { config, store, cloud, clock, log, bus, reach, deployment, measures } = ground
  const outbox = store.queue(outboxQueue)
  const promises = createPromises(store)
  const board = createBoard()
  for (const source of promises.sources()) {
    for (const promised of promises.all(source).values()) board.follow(promised)
  }
  const newId = () => crypto.randomUUID()
  const again = { store, promises, outbox, newId }

  const node = createNode({
    cloud,
    deployment: deployment.identity,
    kv: store.kv,
    clock,
    log,
    identity: ground.identity,
    heartbeatMs: config.heartbeat.intervalMs,
    reached: reach.called,
    renewed() {
      const count = promiseAgain(again)
      if (count > 0) log.info("promised everything to this deployment", { documents: count })
      pusher.poke()
    },
  })

  const pushDeps = {
    apply,
    nodeLost: node.lost,
    restoreParents: (orphans: readonly Document[]) => restore(orphans, "parents", again),
    restoreTasks: (orphans: readonly Document[]) => restore(orphans, "tasks", again),
    gaveUp: reportGivenUp,
  }
  const pusher = createWorker(
    {
      queue: outbox,
      batch,
      async handle(jobs, signal) {
        const result = await push(jobs, pushDeps, signal)
        const done = new Set(result.done)
        for (const { id, createdAt } of jobs) {
          if (done.has(id)) measures.acknowledged.observe((clock.now() - createdAt) / 1000)
        }
        return result
      },
      settled: () => bus.publish("outbox.changed", { ready: outbox.stats().ready }),
    },
    { store, clock, log, random: Math.random },
  )
  bus.subscribe("deployment.changed", ({ state }) => {
    if (state === "connected") pusher.retryNow()
  })

  async function apply(documents: Document[], signal: AbortSignal) {
    const nodeId = node.id()
    if (nodeId === undefined)
      throw new TinaError("offline", "cannot send: this machine is not registered yet")
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

  function reportGivenUp(document: Document, reason: string): void {
    problems.report(`outbox ${document.kind}`, {
      code: "refused",
      message: `cannot sync a ${document.kind}: ${reason}`,
      hint: "tina-daemon doctor",
    })
  }

  const sync = createSync({
    claudeDir: config.claudeDir,
    settings: config.sync,
    store,
    promises,
    outbox,
    problems,
    clock,
    now: clock.now,
    monotonicMs: () => performance.now(),
    newId,
    promised: board.follow,
    promisedAfter: (ms) => measures.promised.observe(ms / 1000),
    changed(teams) {
      pusher.poke()
      bus.publish("sync.changed", { teams: [...teams] })
    },
  })
  let known = registrySchema.safeParse(store.kv.get(registryKey)).data ?? emptyRegistry
  sync.learn(known)

  const registry = registryService({
    cloud,
    token: deployment.token,
    node,
    learned(found) {
      known = toRegistry(found)
      store.kv.set(registryKey, known)
      sync.learn(known)
    },
  })

  return {
    node: node.service,
    machine: node,
    pusher: pusher.service,
    registry,
    sync,
    board,
    outbox,
    nodeId: node.id,
    taskDetail: (team, id) => taskDetail(board, promises, team, id),
    worktreeOf: (orchestrationId) => worktreeOf(orchestrationId, known),
    promisedState: (worktree) => promisedState(worktree, promises),
  }
}

function toRegistry({ teams, orchestrations }: NodeRegistry): Registry {
  return {
    teams,
    orchestrations: orchestrations.map(({ id, key }) => ({ id, key })),
    worktrees: orchestrations.flatMap(({ worktreePath }) => worktreePath ?? []),
  }
}
