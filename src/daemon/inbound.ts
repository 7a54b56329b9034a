/**
 * From the deployment to commands, wired: what an operator asks of this machine is carried out by the session
 * commands, and what became of it is told.
 */
import { type Actions, createActions } from "../actions/actions.ts"
import { listActions } from "../actions/list.ts"
import type { ActionView } from "../api/views.ts"
import { createCrashPoint } from "../base/crash-point.ts"
import type { DaemonOptions } from "../cli/seams.ts"
import { readVariable } from "../config/surroundings.ts"
import type { Ground } from "./ground.ts"
import type { Outbound } from "./outbound.ts"

const leaseMs = 60_000
/** Within the time that all of the daemon has for its stop. */
const farewellMs = 3_000

export interface Inbound extends Actions {
  list(signal: AbortSignal): Promise<ActionView[]>
}

export function wireInbound(
  ground: Ground,
  outbound: Pick<Outbound, "machine" | "worktreeOf" | "promisedState">,
  { around, self }: Pick<DaemonOptions, "around" | "self">,
): Inbound {
  const { config, store, cloud, clock, log, bus, deployment, measures } = ground
  const { machine, worktreeOf, promisedState } = outbound
  const { home } = around
  const actions = createActions({
    cloud,
    token: deployment.token,
    node: machine,
    store,
    clock,
    log,
    random: Math.random,
    newId: () => crypto.randomUUID(),
    crashPoint: createCrashPoint(readVariable(around, "TINA_CRASH_AT")),
    leaseMs,
    farewellMs,
    settings() {
      const { command, timeLimitMs } = config().actions
      const [program, ...first] = command ?? []
      return {
        command: program === undefined ? [...self, "session"] : [program, ...first],
        timeLimitMs,
      }
    },
    env: withoutTokens(around.env, [deployment.token, deployment.pageToken]),
    home,
    worktreeOf,
    promisedState,
    reported: measures.actions.count,
    retentionMs: () => config().retention.deadJobsMs,
    changed: (actionId) => bus.publish("actions.changed", { actionId }),
  })
  bus.subscribe("deployment.changed", ({ state }) => {
    if (state === "connected") actions.retryNow()
  })
  bus.subscribe("sync.changed", actions.look)
  return {
    ...actions,
    async list(signal) {
      const nodeId = machine.id()
      const featureIn = (worktree: string) => promisedState(worktree)?.feature
      const { remote, queues } = actions
      if (nodeId === undefined) return []
      return await listActions(nodeId, { home, worktreeOf, featureIn, remote, queues }, signal)
    },
  }
}

/** Whatever variables they are in: a command, and what it starts, has no use for them. */
export function withoutTokens(
  env: Readonly<Record<string, string | undefined>>,
  tokens: readonly string[],
): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(env).filter(([, value]) => !tokens.includes(value ?? "")),
  )
}
