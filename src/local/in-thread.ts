/**
 * The deployment on the current thread: engine and server together. The worker runs it for the daemon, and
 * tests run it with functions of their own. It owns the file and the port until it is disposed of.
 */
import { type CallGuard, noGuard } from "./engine/call-guard.ts"
import { openAdmin } from "./admin/admin.ts"
import { createFunctionLogs } from "./admin/function-logs.ts"
import { systemModules } from "./admin/system-functions.ts"
import { type Engine, type EngineOptions, openEngine } from "./engine/engine.ts"
import type { LogFunction } from "./engine/function-log.ts"
import type { InvalidDocument } from "./engine/migrate.ts"
import type { StoresOptions } from "./engine/stores.ts"
import { type DeploymentServer, openServer } from "./server/server.ts"
import { readGeneration } from "./transfer/generation.ts"

export interface InThreadOptions
  extends
    StoresOptions,
    Pick<EngineOptions, "modules" | "slices" | "redactErrors" | "actionTimeLimitMs"> {
  /** 0 for any. */
  readonly port: number
  readonly adminKey?: string
  readonly timeLimitMs?: number
  readonly shrinkEveryMs?: number
  readonly pingEveryMs?: number
  readonly version?: string
  readonly guard?: CallGuard
  /** Each call that logged something or failed. */
  readonly log?: LogFunction
  readonly onDefect?: (error: unknown) => void
}

export interface InThreadDeployment extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly adminKey: string
  /** Stored documents that do not fit the schema. */
  readonly invalidDocuments: readonly InvalidDocument[]
  /** Which history the file has. */
  readonly generation: string | undefined
}

const DEPLOYMENT_NAME = "local"
const TIME_LIMIT_MS = 5000

/** Opens the file and listens on 127.0.0.1; a taken port is a `conflict`. */
export async function openInThreadDeployment(
  options: InThreadOptions,
): Promise<InThreadDeployment> {
  await using opened = new AsyncDisposableStack()
  const adminKey = options.adminKey ?? newAdminKey()
  const onDefect = options.onDefect ?? reportDefect
  const logs = createFunctionLogs()
  const engine: Engine = opened.use(
    openEngine({
      path: options.path,
      maxFileBytes: options.maxFileBytes,
      schema: options.schema,
      modules: { ...options.modules, ...systemModules(() => engine.inside) },
      deploymentName: DEPLOYMENT_NAME,
      url: () => urlOf(server),
      slices: options.slices,
      timeLimitMs: options.timeLimitMs ?? TIME_LIMIT_MS,
      actionTimeLimitMs: options.actionTimeLimitMs,
      guard: options.guard ?? noGuard,
      redactErrors: options.redactErrors,
      shrinkEveryMs: options.shrinkEveryMs,
      log: (log) => {
        // What the owner's tools ask is no news to the owner.
        if (!log.path.startsWith("_system/")) logs.add(log)
        if (log.lines.length > 0 || log.failure !== undefined) options.log?.(log)
      },
      onDefect,
    }),
  )
  const { inside } = engine
  const admin = opened.use(
    openAdmin({ inside, logs, path: options.path, schema: options.schema, onDefect }),
  )
  const version = options.version ?? "local"
  const { port, pingEveryMs } = options
  const server: DeploymentServer = opened.use(
    openServer(engine, { port, admin, adminKey, version, pingEveryMs }),
  )
  const owned = opened.move()
  return {
    url: urlOf(server),
    port: server.port,
    adminKey,
    invalidDocuments: engine.invalidDocuments,
    generation: readGeneration(inside.stores.facts),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function urlOf({ port }: DeploymentServer): string {
  return `http://127.0.0.1:${port}`
}

export function newAdminKey(): string {
  return `local|${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url")}`
}

function reportDefect(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
