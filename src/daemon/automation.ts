/** The automation, wired: it asks the other parts of the daemon through their methods, as any caller would. */
import type { DaemonOptions } from "../cli/seams.ts"
import type { Router } from "../core/router.ts"
import { type Automation, createAutomation } from "../features/automation/automation.ts"
import type { Problems } from "../sync/problems.ts"
import type { Ground } from "./ground.ts"
import { withoutTokens } from "./inbound.ts"

interface AutomationOptions extends Pick<DaemonOptions, "around"> {
  readonly problems: Problems
  /** Aborts as soon as the daemon is to stop. */
  readonly stopping: AbortSignal
  /** There is one before any rule runs. */
  readonly router: () => Router
}

export function wireAutomation(
  ground: Ground,
  { around, problems, stopping, router }: AutomationOptions,
): Automation {
  const { config, store, clock, log, bus, deployment, measures } = ground
  const caller = { via: "rule", access: "write" } as const
  return createAutomation({
    settings: () => config().automation,
    store,
    clock,
    log,
    bus,
    call: (method, params) => router().call(method, params, { caller, signal: stopping }),
    newId: () => crypto.randomUUID(),
    fetch: (url, init) => fetch(url, init),
    env: withoutTokens(around.env, [deployment.token, deployment.pageToken]),
    home: around.home,
    ran: measures.ruleRuns.count,
    stateDir: config().paths.dir,
    problem(source, problem) {
      if (problem === undefined) problems.clear(source)
      else problems.report(source, problem)
    },
    stopping,
  })
}
