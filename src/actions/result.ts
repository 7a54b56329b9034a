/**
 * What became of an action, as the deployment keeps it: JSON text with `success`, a message, and an error code
 * that is told from how the command ended, never from what it printed. Pure.
 */
import type { ProcessOutcome } from "../base/process.ts"
import { compact } from "../model/tolerant.ts"
import type { Dispatch } from "./dispatch.ts"
import type { ActionResult } from "./inbox.ts"

export type ActionErrorCode =
  | "payload_missing_field"
  | "payload_invalid"
  | "unknown_action_type"
  | "cli_exit_non_zero"
  | "cli_spawn_failed"
  | "timed_out"
  /** The claim ran out before the command could start: it did not run. */
  | "lease_expired"
  /** The daemon was stopped while the command ran. */
  | "interrupted"

interface Details {
  readonly field?: string | undefined
  readonly exit_code?: number | undefined
  readonly stdout?: string | undefined
  readonly stderr?: string | undefined
  /** What the state of the orchestration shows, where nothing else tells. */
  readonly state?: string | undefined
}

export function completed(message: string, details: Details = {}): ActionResult {
  const text = JSON.stringify(compact({ success: true, message, ...details }))
  return { status: "completed", text }
}

export function failed(
  error_code: ActionErrorCode,
  message: string,
  details: Details = {},
): ActionResult {
  const text = JSON.stringify(compact({ success: false, error_code, message, ...details }))
  return { status: "failed", text }
}

export function unknown(message: string, details: Details = {}): ActionResult {
  return { ...failed("interrupted", message, details), status: "unknown" }
}

/** The action was not run, because it says nothing that could be. */
export function refusalToResult(refusal: Extract<Dispatch, { readonly ok: false }>): ActionResult {
  const field = "field" in refusal ? refusal.field : undefined
  return failed(refusal.code, refusal.message, { field })
}

/** An outcome that nobody called off. */
export type Ended = Exclude<ProcessOutcome, { readonly status: "aborted" }>

export function outcomeToResult(outcome: Ended, timeLimitMs: number): ActionResult {
  if (outcome.status === "not_started") return failed("cli_spawn_failed", outcome.reason)
  const stdout = outcome.stdout.text.trim() || undefined
  const stderr = outcome.stderr.text.trim() || undefined
  switch (outcome.status) {
    case "exited": {
      const { code } = outcome
      if (code === 0) return completed(stdout ?? "done", { stderr })
      const message = stderr ?? `the command exited with ${code}`
      return failed("cli_exit_non_zero", message, { exit_code: code, stdout, stderr })
    }
    case "killed": {
      const message = `the command was ended by ${outcome.signal}`
      return failed("cli_exit_non_zero", message, { stdout, stderr })
    }
    case "timed_out": {
      const message = `the command did not end within ${timeLimitMs} ms`
      return failed("timed_out", message, { stdout, stderr })
    }
  }
}
