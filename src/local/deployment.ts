/**
 * The local deployment as the daemon sees it: a URL that official Convex clients connect to, and the key
 * with which its owner may call internal functions. It runs on a thread of its own and, when that thread
 * dies or a function never ends, starts it again on the same port; clients reconnect by themselves, and the
 * call that never ended is refused from then on.
 *
 *   starting -> listening -> (over -> starting again) -> closed
 */
import { sleep } from "../base/async.ts"
import { TinaError, reasonOf } from "../base/errors.ts"
import type { LogFunction } from "./engine/function-log.ts"
import type { InvalidDocument } from "./engine/migrate.ts"
import { newAdminKey } from "./in-thread.ts"
import { type WorkerThread, startWorkerThread } from "./worker-thread.ts"

export interface LocalDeploymentOptions {
  /** The SQLite file; created with mode 0600, its directory with 0700. */
  readonly path: string
  /** The first port to try on 127.0.0.1: 3210 unless given, then the next free one. 0 for any. */
  readonly port?: number
  /** What `/version` answers. */
  readonly version?: string
  /** Clients are told no more of a failure than Convex's production deployments tell. */
  readonly redactErrors?: boolean
  /** Stops waiting for the start. */
  readonly signal?: AbortSignal
  /** How long the thread may go without a sign of life: 10 s unless given. */
  readonly stuckAfterMs?: number
  /** Another script for the thread: tests serve functions of their own. */
  readonly script?: string
  readonly onNotice?: (notice: DeploymentNotice) => void
  /** Each call that logged something or failed. */
  readonly onLog?: LogFunction
}

/** What the owner should read in the log. */
export type DeploymentNotice =
  | { readonly type: "defect"; readonly message: string }
  | { readonly type: "restarted"; readonly reason: string }
  | { readonly type: "restart_failed"; readonly reason: string }

export interface LocalDeployment extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, the same over all restarts. */
  readonly url: string
  readonly port: number
  /** New at each start: `Authorization: Convex KEY` may call internal functions. */
  readonly adminKey: string
  /** Another one after the file was restored or imported into: what was sent to it before may be gone. */
  readonly generation: string | undefined
  /** Stored documents that do not fit the schema, at most 100. */
  readonly invalidDocuments: readonly InvalidDocument[]
  /** Collects garbage in its thread. */
  collect(): void
}

const DEFAULT_PORT = 3210
const PORTS_TRIED = 20
const STUCK_AFTER_MS = 10_000
const RESTART_DELAYS_MS = [0, 100, 500, 2000, 5000]

/** Resolves when clients can connect. Throws a TinaError when the file or every port is unusable. */
export async function openLocalDeployment(
  options: LocalDeploymentOptions,
): Promise<LocalDeployment> {
  const adminKey = newAdminKey()
  const { path, version = "local", redactErrors = false } = options
  const notify = options.onNotice ?? (() => undefined)
  const lifetime = new AbortController()
  const refused: bigint[] = []
  const start = (ports: readonly number[], signal: AbortSignal) =>
    startWorkerThread({
      open: { path, ports, adminKey, refused, version, redactErrors },
      script: options.script,
      stuckAfterMs: options.stuckAfterMs ?? STUCK_AFTER_MS,
      onDefect: (message) => notify({ type: "defect", message }),
      onLog: (log) => options.onLog?.(log),
      signal,
    })

  let thread = await start(
    portsFrom(options.port ?? DEFAULT_PORT),
    options.signal ?? lifetime.signal,
  )
  const { port, generation, invalidDocuments } = thread

  async function keepRunning(): Promise<void> {
    while (!lifetime.signal.aborted) {
      const reason = await thread.over
      if (lifetime.signal.aborted) return
      const call = thread.runningCall()
      if (call !== undefined) refused.push(call)
      thread = await restart()
      notify({ type: "restarted", reason })
    }
  }

  async function restart(): Promise<WorkerThread> {
    for (let attempt = 0; ; attempt += 1) {
      await sleep(RESTART_DELAYS_MS[attempt] ?? 5000, lifetime.signal)
      try {
        return await start([port], lifetime.signal)
      } catch (error) {
        lifetime.signal.throwIfAborted()
        notify({ type: "restart_failed", reason: reasonOf(error) })
      }
    }
  }

  const running = keepRunning().catch((error: unknown) => {
    if (!lifetime.signal.aborted) throw error
  })
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    adminKey,
    generation,
    invalidDocuments,
    collect: () => thread.collect(),
    [Symbol.asyncDispose]: async () => {
      lifetime.abort(new TinaError("internal", "the local deployment was closed"))
      await thread.close()
      await running
    },
  }
}

function portsFrom(first: number): readonly number[] {
  if (first === 0) return [0]
  const count = Math.min(PORTS_TRIED, 65_536 - first)
  return Array.from({ length: count }, (_, index) => first + index)
}
