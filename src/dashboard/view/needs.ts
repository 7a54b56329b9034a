/**
 * What needs a person, and why. Blocked and paused orchestrations need one by definition; a plan that
 * nobody starts and a team that writes nothing do so after a while, because until then agents may still
 * be at it.
 */
import type { Orchestration, Phase, Progress } from "./rows.ts"
import { formatDuration, instantOf } from "./time.ts"
import type { Tone } from "./tone.ts"

export interface Need {
  readonly orchestration: Orchestration
  readonly kind: "blocked" | "paused" | "plan" | "review" | "stalled"
  readonly tone: Tone
  /** Two or three words for a narrow list. */
  readonly short: string
  /** A sentence without its full stop. */
  readonly reason: string
}

/** A plan that waits longer than this waits for a person. */
export const planWaitMs = 3 * 60_000
/** A team that writes nothing for longer than this has stalled. */
export const stallMs = 10 * 60_000

export interface Situation {
  readonly orchestrations: readonly Orchestration[]
  readonly progressById: ReadonlyMap<string, Progress>
  readonly now: number
}

/** The worst first, then in the order given. */
export function needsOf({ orchestrations, progressById, now }: Situation): Need[] {
  const needs = orchestrations.flatMap((orchestration) => {
    const need = needOf(orchestration, progressById.get(orchestration._id), now)
    return need === undefined ? [] : [need]
  })
  return needs.sort((a, b) => rank[a.kind] - rank[b.kind])
}

const rank: Readonly<Record<Need["kind"], number>> = {
  blocked: 0,
  plan: 1,
  review: 1,
  stalled: 2,
  paused: 3,
}

export function needOf(
  orchestration: Orchestration,
  progress: Progress | undefined,
  now: number,
): Need | undefined {
  if (orchestration.pausedReason !== null) return pausedNeed(orchestration)
  if (orchestration.status === "blocked") return blockedNeed(orchestration)
  const changedAt = instantOf(progress?.changedAt) ?? instantOf(orchestration.startedAt)
  const quietMs = changedAt === undefined ? 0 : now - changedAt
  return waitingNeed(orchestration, quietMs) ?? stalledNeed(orchestration, { progress, quietMs })
}

function pausedNeed(orchestration: Orchestration): Need {
  const { pausedReason } = orchestration
  const reason = `paused: ${pausedReason ?? ""}; resume it when it may go on`
  return { orchestration, kind: "paused", tone: "waiting", short: "paused", reason }
}

function blockedNeed(orchestration: Orchestration): Need {
  const phase = orchestration.phases.find(({ status }) => status === "blocked")
  const where = phase === undefined ? "blocked" : `phase ${phase.phaseNumber} is blocked`
  const why = phase?.blockedReason
  return {
    orchestration,
    kind: "blocked",
    tone: "failed",
    short: phase === undefined ? "blocked" : `phase ${phase.phaseNumber} blocked`,
    reason: why === undefined ? `${where}; no reason was recorded` : `${where}: ${why}`,
  }
}

function waitingNeed(orchestration: Orchestration, quietMs: number): Need | undefined {
  if (quietMs < planWaitMs) return undefined
  const phase = currentPhase(orchestration)
  if (phase?.status !== "planned" && phase?.status !== "reviewing") return undefined
  const { phaseNumber } = phase
  const waited = formatDuration(quietMs)
  return phase.status === "planned"
    ? {
        orchestration,
        kind: "plan",
        tone: "waiting",
        short: `plan ${phaseNumber}`,
        reason: `the plan of phase ${phaseNumber} has been ready for ${waited} and nothing has started`,
      }
    : {
        orchestration,
        kind: "review",
        tone: "waiting",
        short: `review ${phaseNumber}`,
        reason: `the review of phase ${phaseNumber} has been without a verdict for ${waited}`,
      }
}

function stalledNeed(
  orchestration: Orchestration,
  { progress, quietMs }: { readonly progress: Progress | undefined; readonly quietMs: number },
): Need | undefined {
  const working = progress?.inProgress ?? 0
  if (working === 0 || quietMs < stallMs) return undefined
  const tasks = working === 1 ? "1 task is" : `${working} tasks are`
  return {
    orchestration,
    kind: "stalled",
    tone: "waiting",
    short: "stalled",
    reason: `stalled: no change for ${formatDuration(quietMs)} while ${tasks} in progress`,
  }
}

/** The phase that is under way: the first one that is neither complete nor ahead of the work. */
export function currentPhase({ phases }: Pick<Orchestration, "phases">): Phase | undefined {
  return [...phases]
    .sort((a, b) => comparePhases(a.phaseNumber, b.phaseNumber))
    .find(({ status }) => status !== "complete")
}

/** "1" < "1.5" < "1.5.5" < "2": part by part, as numbers. */
export function comparePhases(a: string, b: string): number {
  const left = a.split(".").map(Number)
  const right = b.split(".").map(Number)
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? -1) - (right[i] ?? -1)
    if (difference !== 0) return difference
  }
  return 0
}
