/**
 * What happens on the deployment's thread. It is told once what to open and says when it listens. From then
 * on it counts in memory that both threads share; a function that never ends keeps it from counting, and
 * the daemon then ends the thread.
 * An error that nobody caught is a function's: it is reported, and the deployment goes on, because whatever
 * the function had written is a transaction that did not commit.
 */
import { clearInterval, setInterval } from "node:timers"
import { TinaError, reasonOf, systemCodeOf } from "../base/errors.ts"
import { createCallGuard } from "./engine/call-guard.ts"
import type { EngineOptions } from "./engine/engine.ts"
import { type InThreadDeployment, openInThreadDeployment } from "./in-thread.ts"
import type { OpenRequest, WorkerReport, WorkerRequest } from "./worker-messages.ts"

declare const self: Worker

/** What the deployment serves. */
export type Served = Pick<EngineOptions, "schema" | "modules">

/** Turns the current thread, a worker, into a deployment that serves these functions. */
export function runWorker(served: Served): void {
  let opened: AsyncDisposable | undefined
  self.addEventListener("message", (event: MessageEvent<WorkerRequest>) => {
    const request = event.data
    if (request.type === "collect") Bun.gc(true)
    else void (request.type === "open" ? open(request) : close())
  })
  process.on("uncaughtException", reportDefect)
  process.on("unhandledRejection", reportDefect)

  async function open(request: OpenRequest): Promise<void> {
    try {
      const deployment = await openOnFirstFree(served, request)
      opened = withBeats(deployment, request)
      const { port, invalidDocuments, generation } = deployment
      report({ type: "ready", port, invalidDocuments, generation })
    } catch (error) {
      const code = error instanceof TinaError ? error.code : "internal"
      report({ type: "failed", code, message: reasonOf(error) })
    }
  }

  async function close(): Promise<void> {
    await opened?.[Symbol.asyncDispose]()
    opened = undefined
    report({ type: "closed" })
  }
}

async function openOnFirstFree(served: Served, request: OpenRequest): Promise<InThreadDeployment> {
  const { ports, shared, refused, path, adminKey, version, redactErrors } = request
  const [port = 0, ...others] = ports
  try {
    const guard = createCallGuard(shared, refused)
    return await openInThreadDeployment({
      path,
      port,
      adminKey,
      version,
      redactErrors,
      guard,
      ...served,
      log: (log) => report({ type: "log", log }),
      onDefect: reportDefect,
    })
  } catch (error) {
    const isTaken = error instanceof TinaError && systemCodeOf(error.cause) === "EADDRINUSE"
    if (!isTaken || others.length === 0) throw error
    return await openOnFirstFree(served, { ...request, ports: others })
  }
}

function withBeats(deployment: AsyncDisposable, request: OpenRequest): AsyncDisposable {
  const counter = new Int32Array(request.shared)
  const timer = setInterval(() => Atomics.add(counter, 0, 1), request.beatEveryMs)
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer)
      await deployment[Symbol.asyncDispose]()
    },
  }
}

function reportDefect(error: unknown): void {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  report({ type: "defect", message })
}

function report(message: WorkerReport): void {
  self.postMessage(message)
}
