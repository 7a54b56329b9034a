/** The automation on its own: with a store, a bus, and a record of what it asks of the rest of a daemon. */
import { join } from "node:path"
import { type Clock, createSystemClock } from "../../src/base/clock.ts"
import type { CallContext } from "../../src/api/methods.ts"
import { type Bus, createBus } from "../../src/core/bus.ts"
import type { CallOutcome } from "../../src/core/router.ts"
import { type Automation, createAutomation } from "../../src/features/automation/automation.ts"
import type {
  AutomationDeps,
  AutomationProblem,
  AutomationSettings,
} from "../../src/features/automation/deps.ts"
import type { Rule } from "../../src/model/rule.ts"
import { openStore, type Store } from "../../src/store/open.ts"
import { createMemoryLog } from "./memory-log.ts"

export interface AskedCall {
  readonly method: string
  readonly params: unknown
}

export interface TestAutomation extends AsyncDisposable {
  readonly automation: Automation
  readonly bus: Bus
  readonly store: Store
  readonly asked: readonly AskedCall[]
  /** Of the events that rules make: `NAME STATUS`. */
  readonly told: readonly string[]
  readonly notes: readonly string[]
  readonly problems: ReadonlyMap<string, AutomationProblem>
  readonly context: CallContext
  /** Sends an event as a person would; the rules that it sets off. */
  emit(type: string, payload?: Record<string, unknown>): Promise<string[]>
  /** Sends what is said of a file, as the watcher would; the rules that it sets off. */
  emitFile(relative: string): Promise<string[]>
  /** Restarts the services, as another configuration does; `meanwhile` runs while none of them does. */
  reload(meanwhile: () => void | Promise<void>): Promise<void>
  statuses(): string[]
}

export interface TestAutomationOptions {
  readonly rules?: readonly Rule[]
  readonly settings?: Partial<AutomationSettings>
  readonly clock?: Clock
  readonly over?: Partial<AutomationDeps>
  readonly answer?: (call: AskedCall) => CallOutcome | Promise<CallOutcome>
}

/** A rule that notifies, with what is given instead. */
export function testRule(id: string, over: Partial<Rule> = {}): Rule {
  return {
    id,
    enabled: true,
    trigger: { on: "event", type: "test.happened" },
    conditions: [],
    cooldownMs: 0,
    debounceMs: 0,
    requiresApproval: false,
    action: { type: "notify", message: `${id}: {{payload.word}}` },
    ...over,
  }
}

/** Opened again in the same directory, it is the same machine. */
export async function openTestAutomation(
  dir: string,
  options: TestAutomationOptions = {},
): Promise<TestAutomation> {
  const {
    clock = createSystemClock(),
    answer = () => ({ ok: true, result: { taskId: "task-0000" } }),
  } = options
  const { log } = createMemoryLog()
  const bus = createBus({ log })
  const store = openStore(join(dir, "store.db"), { now: clock.now })
  const stop = new AbortController()
  const asked: AskedCall[] = []
  const told: string[] = []
  const notes: string[] = []
  bus.subscribe("rule.executed", ({ ruleId, status }) => told.push(`${ruleId} ${status}`))
  bus.subscribe("rule.notify", ({ message }) => notes.push(message))
  const problems = new Map<string, AutomationProblem>()
  const automation = createAutomation({
    settings: () => ({
      enabled: true,
      budget: 100,
      approvalMs: 60_000,
      rules: options.rules ?? [],
      jobs: [],
      watch: [],
      ...options.settings,
    }),
    store,
    clock,
    log,
    bus,
    async call(method, params) {
      asked.push({ method, params })
      return await answer({ method, params })
    },
    newId: () => crypto.randomUUID(),
    fetch: (url, init) => fetch(url, init),
    env: { PATH: process.env["PATH"] },
    home: dir,
    ran: () => {},
    stateDir: join(dir, "state"),
    problem(source, problem) {
      if (problem === undefined) problems.delete(source)
      else problems.set(source, problem)
    },
    stopping: stop.signal,
    ...options.over,
  })
  let life = await startServices(automation)
  const context: CallContext = {
    caller: { via: "socket", access: "admin" },
    signal: new AbortController().signal,
  }
  return {
    automation,
    bus,
    store,
    asked,
    told,
    notes,
    problems,
    context,
    async emit(type, payload = {}) {
      const event = { type, source: "manual", payload }
      return (await automation.handlers["automation.emit"](event, context)).rules
    },
    async emitFile(relative_path) {
      const payload = { relative_path }
      const event = { type: "file.create", source: "watch", payload }
      return (await automation.handlers["automation.emit"](event, context)).rules
    },
    async reload(meanwhile) {
      await life.stop()
      await meanwhile()
      life = await startServices(automation)
    },
    statuses: () => store.ruleRuns.newest(100).map(({ ruleId, status }) => `${ruleId} ${status}`),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await life.stop()
      await store[Symbol.asyncDispose]()
    },
  }
}

/** Resolves when all of them are ready. */
async function startServices({ services }: Automation): Promise<{ stop(): Promise<void> }> {
  const controller = new AbortController()
  const { signal } = controller
  const ready = services.map(() => Promise.withResolvers<void>())
  const running = services.map(({ run }, index) =>
    run({ signal, ready: () => ready[index]?.resolve() }).catch((error: unknown) => {
      if (!signal.aborted) throw error
    }),
  )
  await Promise.all(ready.map(({ promise }) => promise))
  return {
    async stop() {
      controller.abort()
      await Promise.all(running)
    },
  }
}
