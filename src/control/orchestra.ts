/**
 * The older dialect of the socket: one `{"cmd":…}` object a line, answered in order by
 * `{"ok":true,"data":…}` or `{"ok":false,"error":TEXT}`. Each command is a method of the table, and this
 * file only projects its result to the shape that those clients know. They take the first line that
 * arrives for their answer, so that nothing else is ever sent to them.
 */
import type { CallContext } from "../api/methods.ts"
import type { StatusView } from "../api/views.ts"
import type { CallOutcome, Router } from "../core/router.ts"

export interface OrchestraDeps {
  readonly router: Router
  /** What these clients are told of this daemon beside its status. */
  readonly identity: () => OrchestraIdentity
}

export interface OrchestraIdentity {
  /** The label of the service under launchd. */
  readonly label: string
  readonly socket: string
  readonly projectsRoot: string
}

export interface OrchestraAnswer {
  readonly text: string
  /** The connection closes after the answer to `stop`. */
  readonly closes: boolean
}

export interface OrchestraRequest {
  readonly cmd: string
  readonly codebase?: unknown
}

export async function answerOrchestra(
  { router, identity }: OrchestraDeps,
  { cmd, codebase }: OrchestraRequest,
  context: CallContext,
): Promise<OrchestraAnswer> {
  switch (cmd) {
    case "status": {
      const outcome = await router.ask("daemon.status", {}, context)
      return answer(outcome, (status) => statusData(status, identity()))
    }
    case "sync": {
      if (codebase !== undefined) return failed(`registry error: no codebase ${quoted(codebase)}`)
      const startedAt = performance.now()
      const outcome = await router.ask("sync.scan", {}, context)
      return answer(outcome, () => syncData(Math.round(performance.now() - startedAt)))
    }
    case "stop": {
      const outcome = await router.ask("daemon.stop", {}, context)
      return { ...answer(outcome, () => ({ stopping: true })), closes: outcome.ok }
    }
    default:
      return failed(`unknown command '${cmd.slice(0, 100)}'`)
  }
}

function statusData(status: StatusView, { label, socket, projectsRoot }: OrchestraIdentity) {
  return {
    running: true,
    label,
    socket,
    projects_root: projectsRoot,
    started_at_unix: Math.floor(Date.parse(status.startedAt) / 1000),
    last_sync_at_unix: 0,
    codebase_count: 0,
    codebases: [],
    codebase_names: [],
  }
}

function syncData(durationMs: number) {
  return {
    target: "all",
    source: "socket",
    duration_ms: durationMs,
    codebases: [],
    written: 0,
    unchanged: 0,
  }
}

function answer<R>(outcome: CallOutcome<R>, project: (result: R) => object): OrchestraAnswer {
  if (!outcome.ok) return failed(outcome.error.message)
  return { text: JSON.stringify({ ok: true, data: project(outcome.result) }), closes: false }
}

export function orchestraErrorText(error: string): string {
  return JSON.stringify({ ok: false, error })
}

function failed(error: string): OrchestraAnswer {
  return { text: orchestraErrorText(error), closes: false }
}

function quoted(value: unknown): string {
  return typeof value === "string" ? `'${value.slice(0, 100)}'` : "of that form"
}
