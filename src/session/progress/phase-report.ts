/**
 * What a phase's team lead reports of itself: `{worktree}/.claude/tina/phase-{N}/status.json`, and the size
 * of its context from `context-metrics.json`. Both are written by agents, so every field may be missing.
 */
import { join } from "node:path"
import { z } from "zod"
import { readFileLimited } from "../../base/files.ts"
import { parseJson, readJsonFile } from "../read-json.ts"
import { stateDirectoryOf } from "../state/state-file.ts"

const maxBytes = 1024 * 1024
const staleHeartbeatMs = 300_000

const optionalText = z.string().optional().catch(undefined)

/** Some leads write why they are blocked as `reason`, some as `blocked_reason`. */
const reportSchema = z
  .object({
    status: z.enum(["executing", "complete", "blocked"]),
    git_range: optionalText,
    reason: optionalText,
    blocked_reason: optionalText,
    heartbeat_at: optionalText,
  })
  .transform(({ reason, blocked_reason: blocked, ...report }) => ({
    ...report,
    reason: blocked ?? reason,
  }))

const metricsSchema = z.object({ used_pct: z.number() })

export interface PhaseReport {
  /** `waiting`: there is no report yet. `unknown`: it cannot be understood, perhaps half-written. */
  readonly status: "executing" | "complete" | "blocked" | "waiting" | "unknown"
  readonly git_range?: string | undefined
  readonly reason?: string | undefined
  readonly heartbeat_at?: string | undefined
}

export function reportDirectory(worktree: string, phase: string): string {
  return join(stateDirectoryOf(worktree), `phase-${phase}`)
}

export function reportPath(worktree: string, phase: string): string {
  return join(reportDirectory(worktree, phase), "status.json")
}

export function readReport(worktree: string, phase: string): PhaseReport {
  const reading = readFileLimited(reportPath(worktree, phase), maxBytes)
  if (reading.status === "missing") return { status: "waiting" }
  if (reading.status !== "read") return { status: "unknown" }
  const parsed = reportSchema.safeParse(parseJson(new TextDecoder().decode(reading.bytes)))
  return parsed.success ? parsed.data : { status: "unknown" }
}

/** Per cent of the context that is used, which may have a fraction. */
export function readContextUse(worktree: string): number | undefined {
  const path = join(stateDirectoryOf(worktree), "context-metrics.json")
  return metricsSchema.safeParse(readJsonFile(path, maxBytes)).data?.used_pct
}

export function isHeartbeatStale(report: PhaseReport, now: Date): boolean {
  const beatMs = Date.parse(report.heartbeat_at ?? "")
  return !Number.isNaN(beatMs) && now.getTime() - beatMs > staleHeartbeatMs
}
