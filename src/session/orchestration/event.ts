/** What can be reported of an orchestration: by its agents as work goes on, or by an operator. */

export const eventNames = [
  "validation_pass",
  "validation_warning",
  "validation_stop",
  "plan_complete",
  "execute_started",
  "execute_complete",
  "review_pass",
  "review_gaps",
  "finalize_complete",
  "error",
  "retry",
  "pause",
  "resume",
] as const

export type EventName = (typeof eventNames)[number]

/** `phase` of an error or a retry may also be "validation" or "finalize", the steps around the phases. */
export type OrchestrationEvent =
  | { readonly type: "validation_pass" | "validation_warning" | "validation_stop" }
  | { readonly type: "plan_complete"; readonly phase: string; readonly planPath: string }
  | { readonly type: "execute_started"; readonly phase: string }
  | { readonly type: "execute_complete"; readonly phase: string; readonly gitRange: string }
  | { readonly type: "review_pass"; readonly phase: string }
  | { readonly type: "review_gaps"; readonly phase: string; readonly issues: readonly string[] }
  | { readonly type: "finalize_complete" }
  | { readonly type: "error"; readonly phase: string; readonly reason: string }
  /** Without a phase: whatever is blocked. */
  | { readonly type: "retry"; readonly phase?: string | undefined }
  | { readonly type: "pause"; readonly reason: string }
  | { readonly type: "resume" }

export function isEventName(text: string): text is EventName {
  return (eventNames as readonly string[]).includes(text)
}
