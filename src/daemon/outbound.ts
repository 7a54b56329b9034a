/**
 * From files to the deployment, wired: the sync promises, the outbox keeps, the pusher sends, the node is
 * alive, the registry is learned, and what ended long ago is forgotten.
 */
import type { TaskDetailView } from "../api/views.ts"
import { createNode, type DeploymentNode } from "../cloud/node.ts"
import { registryService } from "../cloud/registry.ts"
import type { Service } from "../core/service.ts"
import type { Worker } from "../core/worker.ts"
import type { SupervisorState } from "../model/supervisor-state.ts"
import { type Board, createBoard, type FeatureOf } from "../sync/board.ts"
import { featureOf, lostOrchestrations, worktreeOf } from "../sync/link.ts"
import { type Outbox, outboxQueue } from "../sync/outbox.ts"
import type { Problems } from "../sync/problems.ts"
import { promiseAgain, type PromiseAgainDeps, restoreLost } from "../sync/promise-again.ts"
import { createPromises, promisedState, type Promises } from "../sync/promises.ts"
import { createSync, type Sync } from "../sync/sync.ts"
import { taskDetail } from "../sync/task-detail.ts"
import type { Ground } from "./ground.ts"
import { createPusher } from "./pusher.ts"
import { retentionService } from "./retention.ts"
import { registryMemory } from "./registry-memory.ts"

export interface Outbound {
  readonly node: Service
  readonly machine: DeploymentNode
  readonly pusher: Service
  readonly registry: Service
  readonly retention: Service
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

export function wireOutbound(ground: Ground, problems: Problems): Outbound {
  const { store, cloud, deployment } = ground
  const outbox = store.queue(outboxQueue)
  const promises = createPromises(store)
  const memory = registryMemory(store.kv)
  const board = boardOf(promises, (key) => featureOf(key, memory.recall()))
  const again = { store, promises, outbox, newId: () => crypto.randomUUID() }
  const node = wireNode(ground, again, () => pusher.poke())
  const pusher = createPusher(ground, { again, node, problems })
  const sync = wireSync(ground, { again, board, problems, pusher })
  sync.learn(memory.recall())
  const { token } = deployment
  const learned = memory.remembering((registry, before) => {
    const lost = lostOrchestrations(before, registry)
    const count = restoreLost(lost, () => sync.learn(registry), again)
    if (count === 0) return
    ground.log.info("promised again what the deployment lost", { documents: count })
    pusher.poke()
  })
  return {
    node: node.service,
    machine: node,
    pusher: pusher.service,
    registry: registryService({ cloud, token, node, learned }),
    retention: retentionService(ground, { outbox, promises, board, sync }),
    sync,
    board,
    outbox,
    nodeId: node.id,
    taskDetail: (team, id) => taskDetail(board, promises, team, id),
    worktreeOf: (id) => worktreeOf(id, memory.recall()),
    promisedState: (worktree) => promisedState(worktree, promises),
  }
}

function boardOf(promises: Promises, registeredFeature: FeatureOf): Board {
  const board = createBoard(registeredFeature)
  for (const source of promises.sources()) {
    for (const promised of promises.all(source).values()) board.follow(promised)
  }
  return board
}

function wireNode(ground: Ground, again: PromiseAgainDeps, poke: () => void): DeploymentNode {
  const { config, store, cloud, clock, log, bus, reach, deployment, identity } = ground
  const node = createNode({
    cloud,
    deployment: deployment.identity,
    kv: store.kv,
    clock,
    log,
    identity,
    heartbeatMs: () => config().heartbeat.intervalMs,
    reached: reach.called,
    renewed() {
      const count = promiseAgain(again)
      if (count > 0) log.info("promised everything to this deployment", { documents: count })
      poke()
    },
  })
  bus.subscribe("config.changed", ({ sections }) => {
    if (sections.includes("heartbeat")) node.beatNow()
  })
  return node
}

interface SyncParts {
  readonly again: PromiseAgainDeps
  readonly board: Board
  readonly problems: Problems
  readonly pusher: Worker
}

function wireSync(ground: Ground, { again, board, problems, pusher }: SyncParts): Sync {
  const { config, clock, bus, measures } = ground
  return createSync({
    ...again,
    settings: config,
    problems,
    clock,
    now: clock.now,
    monotonicMs: () => performance.now(),
    promised: board.follow,
    promisedAfter: (ms) => measures.promised.observe(ms / 1000),
    changed(teams) {
      bus.publish("sync.changed", { teams: [...teams] })
      pusher.poke()
    },
  })
}
