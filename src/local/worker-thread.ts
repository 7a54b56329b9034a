/**
 * One life of the deployment's thread: started, listening, and over when it was closed, died, or showed no
 * sign of life. Starting another one is the caller's decision.
 */
import { TinaError } from "../base/errors.ts"
import { untilAborted } from "../base/async.ts"
import { GUARD_BYTES, runningCall } from "./engine/call-guard.ts"
import type { LogFunction } from "./engine/function-log.ts"
import type { InvalidDocument } from "./engine/migrate.ts"
import type { OpenRequest, WorkerReport, WorkerRequest } from "./worker-messages.ts"

export interface WorkerThread {
  readonly port: number
  readonly invalidDocuments: readonly InvalidDocument[]
  readonly generation: string | undefined
  /** Resolves with the reason when the thread is over, for whatever reason. */
  readonly over: Promise<string>
  /** The call that was running when the thread ended, if one was. */
  readonly runningCall: () => bigint | undefined
  /** Collects garbage there. */
  readonly collect: () => void
  /** Lets it finish what it is doing; ends it when that takes longer than five seconds. */
  readonly close: () => Promise<void>
}

export interface WorkerThreadOptions {
  readonly open: Omit<OpenRequest, "type" | "shared" | "beatEveryMs">
  /** How long it may go without a sign of life. */
  readonly stuckAfterMs: number
  /** The script of the thread, if it is not the project's own. */
  readonly script?: string | undefined
  readonly onDefect: (message: string) => void
  readonly onLog: LogFunction
  readonly signal: AbortSignal
}

/** Few: each one wakes both threads. */
const CHECKS_UNTIL_STUCK = 2
const CLOSE_WITHIN_MS = 5000

export async function startWorkerThread(options: WorkerThreadOptions): Promise<WorkerThread> {
  // Small rather than fast to allocate: it is idle nearly always, and measured no slower.
  const worker = new Worker(options.script ?? ownScript(), { smol: true })
  const ready = Promise.withResolvers<WorkerReport & { readonly type: "ready" }>()
  const over = Promise.withResolvers<string>()
  worker.addEventListener("message", ({ data }: MessageEvent<WorkerReport>) => {
    if (data.type === "ready") ready.resolve(data)
    else if (data.type === "failed") ready.reject(new TinaError(data.code, data.message))
    else if (data.type === "defect") options.onDefect(data.message)
    else if (data.type === "log") options.onLog(data.log)
    else over.resolve("it was closed")
  })
  worker.addEventListener("error", ({ message }) => over.resolve(message))
  worker.addEventListener("close", () => over.resolve("the thread ended"))
  const shared = new SharedArrayBuffer(GUARD_BYTES)
  const beatEveryMs = options.stuckAfterMs / CHECKS_UNTIL_STUCK
  post(worker, { type: "open", shared, beatEveryMs, ...options.open })
  try {
    const early = over.promise.then((reason) => Promise.reject(startError(reason)))
    const { port, invalidDocuments, generation } = await untilAborted(
      Promise.race([ready.promise, early]),
      options.signal,
    )
    const watch = watchBeats({ shared, beatEveryMs }, () => over.resolve("a function did not end"))
    void endWhenOver(worker, over.promise, watch)
    return {
      port,
      invalidDocuments,
      generation,
      over: over.promise,
      runningCall: () => runningCall(shared),
      collect: () => post(worker, { type: "collect" }),
      close: () => close(worker, over),
    }
  } catch (error) {
    worker.terminate()
    throw error
  }
}

/** Source files lie side by side; in the executable this code is part of `main`, one directory up. */
function ownScript(): string {
  const relative = Bun.isStandaloneExecutable ? "./local/worker.ts" : "./worker.ts"
  return new URL(relative, import.meta.url).href
}

function startError(reason: string): TinaError {
  return new TinaError("internal", `cannot start the local deployment: ${reason}`)
}

function post(worker: Worker, request: WorkerRequest): void {
  worker.postMessage(request)
}

/** Counts checks rather than time: after the machine has slept, the thread gets as long as ever. */
function watchBeats(
  { shared, beatEveryMs }: Pick<OpenRequest, "shared" | "beatEveryMs">,
  onStuck: () => void,
): Disposable {
  const counter = new Int32Array(shared)
  let last = -1
  let missed = 0
  const timer = setInterval(() => {
    const now = Atomics.load(counter, 0)
    missed = now === last ? missed + 1 : 0
    last = now
    if (missed > CHECKS_UNTIL_STUCK) onStuck()
  }, beatEveryMs)
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

async function endWhenOver(
  worker: Worker,
  over: Promise<string>,
  watch: Disposable,
): Promise<void> {
  await over
  watch[Symbol.dispose]()
  worker.terminate()
}

async function close(worker: Worker, over: PromiseWithResolvers<string>): Promise<void> {
  post(worker, { type: "close" })
  const timer = setTimeout(() => over.resolve("it did not close in time"), CLOSE_WITHIN_MS)
  await over.promise
  clearTimeout(timer)
}
