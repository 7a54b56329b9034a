/** A running sync over real files and a real store, whose outbox a test reads as the deployment would. */
import { join } from "node:path"
import { createSystemClock } from "../../src/base/clock.ts"
import type { SyncConfig } from "../../src/config/config.ts"
import type { Document } from "../../src/model/document.ts"
import { openStore } from "../../src/store/open.ts"
import { type Outbox, outboxQueue } from "../../src/sync/outbox.ts"
import { createProblems, type Problem } from "../../src/sync/problems.ts"
import type { PromiseAgainDeps } from "../../src/sync/promise-again.ts"
import { createPromises, type Promises } from "../../src/sync/promises.ts"
import { createSync, type ScanSummary, type Sync, type SyncDeps } from "../../src/sync/sync.ts"

export interface SyncRun extends AsyncDisposable {
  readonly sync: Sync
  readonly promises: Promises
  readonly outbox: Outbox
  /** What promising again needs. */
  readonly again: PromiseAgainDeps
  /** Scans now, and waits for its end. */
  scan(): Promise<ScanSummary>
  problems(): Problem[]
  /** All documents that were sent so far, in order; taking them settles their jobs. */
  sent(): Document[]
}

export interface SyncRunOptions {
  readonly claudeDir: string
  readonly stateDir: string
  readonly settings?: Partial<SyncConfig>
  readonly openWatchers?: SyncDeps["openWatchers"]
}

export async function runSync(options: SyncRunOptions): Promise<SyncRun> {
  const { claudeDir, stateDir, settings, openWatchers } = options
  const clock = createSystemClock()
  const store = openStore(join(stateDir, "store.db"), { now: clock.now })
  const outbox = store.queue(outboxQueue)
  outbox.recover()
  const promises = createPromises(store)
  const problems = createProblems({ clock, changed() {} })
  const sync = createSync({
    settings: () => ({
      claudeDir,
      sync: {
        adopt: true,
        worktrees: [],
        scanIntervalMs: 60_000,
        maxFileBytes: 1 << 20,
        ...settings,
      },
    }),
    store,
    promises,
    outbox,
    problems,
    clock,
    now: clock.now,
    monotonicMs: () => performance.now(),
    newId: () => crypto.randomUUID(),
    changed() {},
    promised() {},
    ...(openWatchers && { openWatchers }),
  })
  const stop = new AbortController()
  const ready = Promise.withResolvers<void>()
  const ended = sync.service
    .run({ signal: stop.signal, ready: ready.resolve })
    .catch((error: unknown) => {
      if (!stop.signal.aborted) ready.reject(error)
    })
  await ready.promise
  const sent: Document[] = []
  return {
    sync,
    promises,
    outbox,
    again: { store, promises, outbox, newId: () => crypto.randomUUID() },
    scan: () => sync.scanNow(stop.signal),
    problems: problems.list,
    sent() {
      const jobs = outbox.claimBatch({ limit: 100_000, maxBytes: 1e9 })
      outbox.done(jobs.map(({ id }) => id))
      sent.push(...jobs.map(({ payload }) => payload))
      return sent
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await ended
      await store[Symbol.asyncDispose]()
    },
  }
}
