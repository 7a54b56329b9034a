/**
 * The outbound sync as a service: watch, scan, look, promise. It waits for a hint, for something that is due, or
 * for the next scan, whichever is first. Sending is another service's work; it is only told that there is more.
 */
import { addAbortListener } from "node:events"
import { letOthersRun } from "../base/async.ts"
import type { Clock } from "../base/clock.ts"
import { TinaError, reasonOf } from "../base/errors.ts"
import { createWake } from "../core/wake.ts"
import type { Service } from "../core/service.ts"
import { createEngine, type Engine, type EngineDeps, type SyncSettings } from "./engine.ts"
import { emptyRegistry, type Registry } from "./link.ts"
import { unlinkedIn, type Unlinked } from "./unlinked.ts"

export interface SyncDeps extends Omit<EngineDeps, keyof SyncSettings> {
  /** Asked for when a run begins. */
  readonly settings: () => SyncSettings
  readonly clock: Clock
  /** Milliseconds that only go forward, for waiting. */
  readonly monotonicMs: () => number
}

export interface ScanSummary {
  readonly targets: number
  readonly changes: number
  readonly ms: number
}

export interface Sync {
  readonly service: Service
  /** Scans as soon as the sync runs, and promises what changed. TinaError `io` if that scan fails. */
  scanNow(signal: AbortSignal): Promise<ScanSummary>
  learn(registry: Registry): void
  /** Teams that ended and are not remembered any longer. */
  forget(dirs: readonly string[]): void
  unlinked(): Unlinked[]
}

/** How often a root that is missing, or that cannot be watched, is looked for. */
const blindCheckMs = 1000
/** A wall clock that ran this much ahead of the time waited means that the machine slept. */
const sleptMs = 2000

export function createSync(deps: SyncDeps): Sync {
  const wake = createWake(deps.clock)
  let engine: Engine | undefined
  let registry: Registry = emptyRegistry
  let isScanDue = true
  const asked: PromiseWithResolvers<ScanSummary>[] = []

  function askForScan(): void {
    isScanDue = true
    wake.poke()
  }

  async function scanOnce(running: Engine, signal: AbortSignal): Promise<void> {
    const waiting = asked.splice(0)
    try {
      const summary = await scanAndPromise(running, signal)
      for (const { resolve } of waiting) resolve(summary)
    } catch (error) {
      for (const { reject } of waiting) reject(scanFailed(error))
      throw error
    }
  }

  async function scanAndPromise(running: Engine, signal: AbortSignal): Promise<ScanSummary> {
    // Who asks, or has missed something, wants to know; what only comes with time may pass by what rests.
    const thorough = isScanDue
    isScanDue = false
    const startMs = deps.monotonicMs()
    const targets = await running.scan({ thorough, signal })
    let changes = 0
    while (running.pending.size() > 0 && (running.pending.nextDueAt() ?? 0) <= deps.monotonicMs()) {
      changes += running.step()
      await letOthersRun()
      signal.throwIfAborted()
    }
    return { targets, changes, ms: deps.monotonicMs() - startMs }
  }

  async function run({ signal, ready }: Parameters<Service["run"]>[0]): Promise<void> {
    const events = { ring: wake.poke, missed: askForScan, monotonicMs: deps.monotonicMs }
    const { claudeDir, sync } = deps.settings()
    const { scanIntervalMs } = sync
    using running = createEngine({ ...deps, claudeDir, sync }, events)
    engine = running
    running.learn(registry)
    await scanOnce(running, signal)
    ready()
    let nextScanMs = deps.monotonicMs() + scanIntervalMs
    while (!signal.aborted) {
      await waitForWork(running, nextScanMs, signal)
      if (isScanDue || deps.monotonicMs() >= nextScanMs) {
        await scanOnce(running, signal)
        nextScanMs = deps.monotonicMs() + scanIntervalMs
      } else {
        running.step()
        await letOthersRun()
      }
    }
  }

  async function waitForWork(
    running: Engine,
    nextScanMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    if (isScanDue) return
    const [wallMs, steadyMs] = [deps.now(), deps.monotonicMs()]
    const blindMs = running.isBlind() ? blindCheckMs : Number.POSITIVE_INFINITY
    const dueMs = Math.min(nextScanMs, running.pending.nextDueAt() ?? nextScanMs)
    await wake.wait(Math.max(0, Math.ceil(Math.min(dueMs - steadyMs, blindMs))), signal)
    const passedMs = deps.monotonicMs() - steadyMs
    if (deps.now() - wallMs - passedMs > sleptMs) isScanDue = true
    if (passedMs >= blindMs && running.refresh()) isScanDue = true
  }

  return {
    service: { name: "sync", run },
    async scanNow(signal) {
      const summary = Promise.withResolvers<ScanSummary>()
      using _stopped = addAbortListener(signal, () => summary.reject(scanFailed(signal.reason)))
      asked.push(summary)
      askForScan()
      return await summary.promise
    },
    learn(next) {
      registry = next
      engine?.learn(next)
      askForScan()
    },
    forget(dirs) {
      for (const dir of dirs) engine?.knowledge.teams.delete(dir)
    },
    unlinked: () => (engine === undefined ? [] : unlinkedIn(engine.knowledge)),
  }
}

function scanFailed(cause: unknown): TinaError {
  return new TinaError("io", `cannot scan: ${reasonOf(cause)}`, {
    hint: "tina-daemon status",
    cause,
  })
}
