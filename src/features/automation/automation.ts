/**
 * The automation, put together: events come in from the bus, from files and from the clock, rules are set off, and
 * what they want is asked of other parts of the daemon through its methods. It knows none of those parts.
 */
import type {
  AutomationView,
  FileWatcherView,
  SchedulerView,
} from "../../api/automation-methods.ts"
import type { EventName } from "../../api/events.ts"
import type { Service } from "../../core/service.ts"
import type { RuleEvent } from "../../model/rule.ts"
import { createApprovals } from "./approvals.ts"
import { createCauses } from "./causes.ts"
import { compileRule } from "./compile.ts"
import type { AutomationDeps } from "./deps.ts"
import { createEngine } from "./engine.ts"
import { createFileWatcher } from "./file-watcher.ts"
import { automationHandlers, type AutomationHandlers, automationView } from "./handlers.ts"
import { createScheduler } from "./schedule.ts"
import { createSwitches } from "./switches.ts"

export interface Automation {
  /** In the order in which they start; each reads its settings when it does. */
  readonly services: readonly Service[]
  readonly handlers: AutomationHandlers
  view(): AutomationView
  scheduler(): SchedulerView
  fileWatcher(): FileWatcherView
}

/** What rules do is no event for rules. */
const ownEvents = /^(rule|automation)\./
const expireEveryMs = 60_000

export function createAutomation(deps: AutomationDeps): Automation {
  const { settings, store, clock, bus, newId, stopping } = deps
  const switches = createSwitches(store.kv)
  const causes = createCauses(clock)
  const engine = createEngine({ ...deps, switches, causes })
  const approvals = createApprovals(engine, deps)
  const scheduler = createScheduler(deps)
  const parts = { ...deps, engine, approvals, switches }

  function handle(event: Pick<RuleEvent, "source" | "type" | "payload" | "depth">): void {
    const timestamp = new Date(clock.now()).toISOString()
    engine.handle({ ...event, id: newId(), timestamp })
  }

  const files = createFileWatcher({
    ...deps,
    changed(type, payload) {
      const depth = Math.max(0, ...causes.ofFiles().map((cause) => cause.depth))
      handle({ source: "watch", type, payload, depth })
    },
  })

  function hear(name: EventName, payload: Readonly<Record<string, unknown>>): void {
    const depth = causes.follow(name, payload)
    // Some events come by the thousand, and most machines have no rules.
    if (settings().rules.length === 0 || ownEvents.test(name)) return
    const source = name === "cron.fired" ? "schedule" : name.slice(0, name.indexOf("."))
    handle({ source, type: name, payload, depth })
  }

  // Also while the rules are read again: an agent whose end nobody heard would be at work for ever.
  bus.subscribeAll((name, payload) => hear(name, payload))

  const rules: Service = {
    name: "automation",
    async run({ signal, ready }) {
      engine.load(settings().rules.map(compileRule))
      ready()
      try {
        while (!signal.aborted) {
          approvals.expire()
          await clock.sleep(expireEveryMs, signal)
        }
      } finally {
        // A reload leaves alone what is under way, and the rules until there are others; a stop has called it off.
        if (stopping.aborted) {
          engine.load([])
          await engine.settled()
        }
      }
    },
  }

  return {
    services: [rules, scheduler.service, files.service],
    handlers: automationHandlers(parts),
    view: () => automationView(parts),
    scheduler: scheduler.view,
    fileWatcher: files.view,
  }
}
