/**
 * Works through the inbox: the actions of one orchestration one after the other, in the order in which they were
 * asked for, and several orchestrations side by side. An action whose deployment cannot be asked holds up its own
 * orchestration only, and is tried again.
 */
import { type Backoff, createBackoff } from "../base/async.ts"
import type { Clock } from "../base/clock.ts"
import { TinaError } from "../base/errors.ts"
import type { Logger } from "../base/log.ts"
import type { Service } from "../core/service.ts"
import { createWake } from "../core/wake.ts"
import type { Queue } from "../store/jobs.ts"
import { type InboundAction, laneOf } from "./inbox.ts"

export interface LanesDeps {
  readonly inbox: Pick<Queue<InboundAction>, "waiting">
  readonly clock: Clock
  readonly log: Logger
  readonly random: () => number
  /** What a dead process left behind; before anything runs. */
  readonly recover: () => void
  readonly carryOut: (action: InboundAction, signal: AbortSignal) => Promise<void>
}

export interface Lanes {
  readonly service: Service
  /** There are new actions. Losing a poke costs at most the time between two looks. */
  poke(): void
}

const lookEveryMs = 30_000
/** More than the deployment shows at a time. */
const mostWaiting = 1_000
const mostLanes = 8
const retryDelays = { minMs: 250, maxMs: 5_000 }

export function createLanes(deps: LanesDeps): Lanes {
  const wake = createWake(deps.clock)

  async function run(signal: AbortSignal): Promise<void> {
    const busy = new Map<string, Promise<void>>()
    const defects: unknown[] = []
    const stop = new AbortController()
    const working = AbortSignal.any([signal, stop.signal])
    const backoff = createBackoff({ ...retryDelays, random: deps.random })
    const resting = new Set<string>()
    const begin = (action: InboundAction) => {
      const lane = laneOf(action)
      const rests = () => {
        resting.add(lane)
        wake.poke()
      }
      const work = attempt(action, deps, { backoff, signal: working, rests })
        .catch((error: unknown) => void defects.push(error))
        .finally(() => {
          busy.delete(lane)
          resting.delete(lane)
          wake.poke()
        })
      busy.set(lane, work)
    }
    try {
      for (;;) {
        // A lane that waits after a failure is nobody else's, but takes the place of no other.
        const free = mostLanes - (busy.size - resting.size)
        if (free > 0) nextActions(deps.inbox, busy).slice(0, free).forEach(begin)
        await wake.wait(lookEveryMs, signal)
        if (defects.length > 0) throw defects[0]
      }
    } finally {
      stop.abort()
      await Promise.all(busy.values())
    }
  }

  return {
    poke: wake.poke,
    service: {
      name: "inbox",
      async run({ signal, ready }) {
        deps.recover()
        ready()
        await run(signal)
      },
    },
  }
}

/** The oldest action of each lane in which nothing runs. */
function nextActions(
  inbox: LanesDeps["inbox"],
  busy: ReadonlyMap<string, unknown>,
): InboundAction[] {
  const firstByLane = new Map<string, InboundAction>()
  for (const { payload } of inbox.waiting(mostWaiting)) {
    const lane = laneOf(payload)
    const first = firstByLane.get(lane)
    if (busy.has(lane) || (first !== undefined && first.createdAt <= payload.createdAt)) continue
    firstByLane.set(lane, payload)
  }
  return [...firstByLane.values()]
}

interface Attempt {
  readonly backoff: Backoff
  readonly signal: AbortSignal
  /** It has failed, and nothing of it is at work while it waits. */
  readonly rests: () => void
}

/** The lane stays taken for a while after a failure, so that nothing overtakes what could not be done. */
async function attempt(
  action: InboundAction,
  { carryOut, clock, log }: LanesDeps,
  { backoff, signal, rests }: Attempt,
): Promise<void> {
  try {
    await carryOut(action, signal)
    backoff.reset()
  } catch (error) {
    if (signal.aborted) return
    if (!(error instanceof TinaError)) throw error
    log.warn("an action waits", { action: action.id, error })
    rests()
    await clock.sleep(backoff.next(), signal).catch(() => {})
  }
}
