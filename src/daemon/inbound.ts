/**
 * From the deployment to commands, wired: what an operator asks of this machine is carried out by the session
 * commands, and what became of it is told.
 */
import { type Actions, createActions } from "../actions/actions.ts"
import { createCrashPoint } from "../base/crash-point.ts"
import type { DaemonOptions } from "../cli/seams.ts"
import { readVariable } from "../config/surroundings.ts"
import type { Ground } from "./ground.ts"
import type { Outbound } from "./outbound.ts"

const leaseMs = 60_000

export type Inbound = Actions

export function wireInbound(
  ground: Ground,
  outbound: Pick<Outbound, "machine" | "worktreeOf" | "promisedState">,
  { around, self }: Pick<DaemonOptions, "around" | "self">,
): Inbound {
  const { config, store, cloud, clock, log, bus, deployment, measures } = ground
  const [program, ...first] = config.actions.command ?? []
  const actions = createActions({
    cloud,
    token: deployment.token,
    node: outbound.machine,
    store,
    clock,
    log,
    random: Math.random,
    newId: () => crypto.randomUUID(),
    crashPoint: createCrashPoint(readVariable(around, "TINA_CRASH_AT")),
    leaseMs,
    timeLimitMs: config.actions.timeLimitMs,
    command: program === undefined ? [...self, "session"] : [program, ...first],
    env: withoutToken(around.env, deployment.token),
    home: around.home,
    worktreeOf: outbound.worktreeOf,
    promisedState: outbound.promisedState,
    reported: measures.actions.count,
    changed: (actionId) => bus.publish("actions.changed", { actionId }),
  })
  bus.subscribe("deployment.changed", ({ state }) => {
    if (state === "connected") actions.retryNow()
  })
  bus.subscribe("sync.changed", actions.look)
  return actions
}

/** Whatever variable it is in: a command, and what it starts, has no use for it. */
function withoutToken(
  env: Readonly<Record<string, string | undefined>>,
  token: string,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== token))
}
