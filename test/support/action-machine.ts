/** The part of a daemon that carries out actions, on its own: with a store, a node in the deployment and a command. */
import { hostname } from "node:os"
import { join } from "node:path"
import { type Actions, type ActionsDeps, createActions } from "../../src/actions/actions.ts"
import { createSystemClock } from "../../src/base/clock.ts"
import { openCloud } from "../../src/cloud/client.ts"
import { createNode, type NodeId } from "../../src/cloud/node.ts"
import { openStore } from "../../src/store/open.ts"
import { createMemoryLog } from "./memory-log.ts"

export interface ActionMachine extends AsyncDisposable {
  readonly actions: Actions
  readonly nodeId: NodeId
  readonly changes: readonly string[]
  /** Ends it as a stopped daemon would. */
  stop(): Promise<void>
}

export interface MachineOptions {
  readonly url: string
  readonly token: string
  /** The directory of its store: opened again, it is the same machine. */
  readonly dir: string
  readonly command: string
  readonly over?: Partial<ActionsDeps>
}

export async function openActionMachine(options: MachineOptions): Promise<ActionMachine> {
  await using opened = new AsyncDisposableStack()
  const { url, token, dir, command } = options
  const clock = createSystemClock()
  const { log } = createMemoryLog()
  const store = opened.use(openStore(join(dir, "store.db"), { now: clock.now }))
  const cloud = opened.use(openCloud(url))
  const identity = { token, name: "box", os: "linux", version: "0" }
  const reached = () => {}
  const renewed = () => {}
  const shared = { cloud, clock, log, kv: store.kv, identity, reached, renewed }
  const node = createNode({ ...shared, deployment: url, heartbeatMs: () => 60_000 })
  const changes: string[] = []
  const actions = createActions({
    cloud,
    token,
    node,
    store,
    clock,
    log,
    random: Math.random,
    newId: () => `${hostname()}-${crypto.randomUUID()}`,
    crashPoint: () => {},
    leaseMs: 60_000,
    farewellMs: 100,
    settings: () => ({ command: [command], timeLimitMs: 20_000 }),
    env: { PATH: process.env["PATH"] },
    home: dir,
    worktreeOf: () => undefined,
    promisedState: () => undefined,
    retentionMs: () => 1_000_000_000,
    changed(id) {
      if (id !== undefined) changes.push(id)
    },
    ...options.over,
  })
  const stop = new AbortController()
  const services = [node.service, ...actions.services]
  const running = services.map((service) => runService(service, stop.signal))
  const end = async () => {
    stop.abort()
    await Promise.all(running)
  }
  opened.defer(end)
  const nodeId = await node.registered(AbortSignal.timeout(10_000))
  const owned = opened.move()
  return { actions, nodeId, changes, stop: end, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

type Service = Actions["services"][number]

async function runService({ run }: Service, signal: AbortSignal): Promise<void> {
  try {
    await run({ signal, ready: () => {} })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
