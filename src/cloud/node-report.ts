/**
 * What is wrong on this machine, told to the deployment when it changes: the problems, and the teams that belong to no
 * orchestration. It is made anew from what is so now, so nothing is queued; what was told last is remembered with the
 * store, and told again to another deployment. A deployment that does not know reports is asked again now and then.
 */
import type { Clock } from "../base/clock.ts"
import { TinaError } from "../base/errors.ts"
import type { Logger } from "../base/log.ts"
import { api } from "../convex/_generated/api.js"
import type { Service } from "../core/service.ts"
import type { Wake } from "../core/wake.ts"
import type { KeyValues } from "../store/kv.ts"
import type { Cloud } from "./client.ts"
import type { DeploymentNode, NodeId } from "./node.ts"

export interface ProblemToReport {
  readonly source: string
  readonly code: string
  readonly message: string
  readonly hint?: string | undefined
  readonly since: string
}

export interface TeamToReport {
  readonly dir: string
  readonly reason: string
  readonly hint?: string | undefined
}

export interface NodeReportDeps {
  readonly cloud: Cloud
  readonly token: string
  readonly node: Pick<DeploymentNode, "registered" | "lost">
  readonly kv: KeyValues
  readonly clock: Clock
  readonly log: Logger
  /** Poked when something may be different. */
  readonly wake: Wake
  readonly problems: () => readonly ProblemToReport[]
  readonly unlinked: () => readonly TeamToReport[]
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string
}

/** Changes that follow each other closely are told together. */
const gatherMs = 500
const lookEveryMs = 5_000
const retryMs = 10_000
const unknownRetryMs = 10 * 60_000
const mostEntries = 20
const longestText = 500
const key = "node report"

export function nodeReportService(deps: NodeReportDeps): Service {
  const { node, clock, wake } = deps
  return {
    name: "node report",
    async run({ signal, ready }) {
      ready()
      for (;;) {
        const nodeId = await node.registered(signal)
        const waitMs = await tell(nodeId, deps, signal)
        if (waitMs > lookEveryMs) await clock.sleep(waitMs, signal)
        else await wake.wait(waitMs, signal)
        await clock.sleep(gatherMs, signal)
      }
    },
  }
}

/** Tells what is new, and answers how long it may rest. */
async function tell(nodeId: NodeId, deps: NodeReportDeps, signal: AbortSignal): Promise<number> {
  const report = reportOf(deps)
  const told = JSON.stringify([nodeId, report])
  if (deps.kv.get(key) === told) return lookEveryMs
  const { cloud, token, node, log } = deps
  try {
    await cloud.mutation(api.nodes.report, { token, nodeId, ...report }, { signal })
    deps.kv.set(key, told)
    return lookEveryMs
  } catch (error) {
    if (!(error instanceof TinaError)) throw error
    if (error.code === "not_found") node.lost()
    log.debug("could not report this machine's problems", { error })
    return error.code === "internal" ? unknownRetryMs : retryMs
  }
}

function reportOf({ problems, unlinked, redact }: NodeReportDeps) {
  const short = (text: string) => redact(text).slice(0, longestText).toWellFormed()
  const hinted = (hint: string | undefined) => (hint === undefined ? {} : { hint: short(hint) })
  const allProblems = problems()
  const allUnlinked = unlinked()
  return {
    problems: allProblems.slice(0, mostEntries).map(({ source, code, message, hint, since }) => ({
      source: short(source),
      code,
      message: short(message),
      ...hinted(hint),
      since,
    })),
    problemCount: allProblems.length,
    unlinked: allUnlinked.slice(0, mostEntries).map(({ dir, reason, hint }) => ({
      dir: short(dir),
      reason: short(reason),
      ...hinted(hint),
    })),
    unlinkedCount: allUnlinked.length,
  }
}
