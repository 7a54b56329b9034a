/** The pool of agents on its own: with a store in a directory, a stand-in claude, and the events that it tells. */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { createSystemClock } from "../../src/base/clock.ts"
import type { EventName } from "../../src/api/events.ts"
import type { CallContext } from "../../src/api/methods.ts"
import { createBus } from "../../src/core/bus.ts"
import { type Agents, createAgents } from "../../src/features/agents/agents.ts"
import type { AgentDeps, AgentProblem, AgentSettings } from "../../src/features/agents/deps.ts"
import { openStore, type Store } from "../../src/store/open.ts"
import { createMemoryLog } from "./memory-log.ts"
import { standInClaude, type StandInClaude } from "./stand-in-claude.ts"

export interface ToldEvent {
  readonly name: EventName
  readonly payload: Readonly<Record<string, unknown>>
}

export interface TestPool extends AsyncDisposable {
  readonly agents: Agents
  readonly claude: StandInClaude
  readonly store: Store
  readonly events: readonly ToldEvent[]
  readonly problems: ReadonlyMap<string, AgentProblem>
  readonly ended: readonly string[]
  /** Reads the configuration again, with these settings on top. */
  reload(settings: Partial<AgentSettings>): void
  readonly context: CallContext
  /** Ends it as a daemon that stops would. */
  stop(): Promise<void>
}

export interface TestPoolOptions {
  readonly settings?: Partial<AgentSettings>
  readonly over?: Partial<AgentDeps>
}

/** Opened again in the same directory, it is the same machine. */
export async function openTestPool(dir: string, options: TestPoolOptions = {}): Promise<TestPool> {
  const claude = standInClaude(dir)
  const clock = createSystemClock()
  const { log } = createMemoryLog()
  const bus = createBus({ log })
  const store = openStore(join(dir, "store.db"), { now: clock.now })
  const outputDir = join(dir, "agents")
  mkdirSync(outputDir, { recursive: true, mode: 0o700 })
  const stopping = new AbortController()
  const service = new AbortController()
  const events: ToldEvent[] = []
  bus.subscribeAll((name, payload) => events.push({ name, payload }))
  const problems = new Map<string, AgentProblem>()
  const ended: string[] = []
  let settings: AgentSettings = { ...testSettings(dir, claude), ...options.settings }
  const agents = createAgents({
    settings: () => settings,
    store,
    clock,
    log,
    bus,
    crashPoint: () => {},
    env: { PATH: process.env["PATH"], HOME: dir },
    secrets: [],
    outputDir,
    outputFailed: () => {},
    ended: (state) => ended.push(state),
    problem(source, problem) {
      if (problem === undefined) problems.delete(source)
      else problems.set(source, problem)
    },
    stopping: stopping.signal,
    ...options.over,
  })
  const running = serve(agents.service.run, service.signal)
  let isStopped = false
  const stop = async () => {
    if (isStopped) return
    isStopped = true
    stopping.abort()
    service.abort()
    await running
    await store[Symbol.asyncDispose]()
  }
  return {
    agents,
    claude,
    store,
    events,
    problems,
    ended,
    reload(more) {
      settings = { ...settings, ...more }
      bus.publish("config.changed", { sections: ["agents"] })
    },
    context: {
      caller: { via: "socket", access: "admin" },
      signal: new AbortController().signal,
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

export function testSettings(dir: string, claude: StandInClaude): AgentSettings {
  return {
    enabled: true,
    command: claude.path,
    args: [],
    maxParallel: 2,
    timeoutMs: 60_000,
    queueLimit: 10,
    cwd: dir,
    env: [],
    maxOutputBytes: 100_000,
    retentionMs: 86_400_000,
  }
}

async function serve(run: Agents["service"]["run"], signal: AbortSignal): Promise<void> {
  try {
    await run({ signal, ready: () => {} })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
