/** How far an action got: the steps of its receipt with the seconds between them. Pure. */
import type { FunctionReturnType } from "convex/server"
import type { api } from "../../convex/_generated/api.js"
import { formatSeconds } from "./time.ts"
import type { Tone } from "./tone.ts"

export type Receipt = FunctionReturnType<typeof api.actions.actionReceipts>[number]
type ReceiptStep = Receipt["steps"][number]["step"]

const order: readonly ReceiptStep[] = [
  "queued",
  "delivered",
  "claimed",
  "started",
  "finished",
  "observed",
]

export interface ReceiptLine {
  readonly step: ReceiptStep
  /** How long after it was asked for; absent for what has not happened. */
  readonly after?: string
}

export function askedAt({ steps }: Receipt): number | undefined {
  return steps[0]?.at
}

/** What these do shows in no state file: they end when they are finished. */
const unobserved: ReadonlySet<string> = new Set(["stop", "send_message"])

export function receiptLines(receipt: Receipt): ReceiptLine[] {
  const { steps, type } = receipt
  const from = askedAt(receipt) ?? 0
  const atByStep = new Map(steps.map(({ step, at }) => [step, at]))
  const expected = order.filter((step) => step !== "observed" || !unobserved.has(type))
  return expected.map((step) => {
    const at = atByStep.get(step)
    return at === undefined ? { step } : { step, after: formatSeconds(at - from) }
  })
}

export function receiptTone({ status, steps }: Receipt): Tone {
  if (status === "failed") return "failed"
  if (status === "unknown") return "waiting"
  if (steps.some(({ step }) => step === "observed")) return "done"
  return status === "completed" ? "done" : "running"
}

/** Asked for, and not finished yet. */
export function isUnderWay({ status }: Receipt): boolean {
  return status === "pending" || status === "claimed" || status === "started"
}

const names: Readonly<Record<string, string>> = {
  approve_plan: "approve",
  reject_plan: "reject",
  start_execution: "start",
  orchestration_set_policy: "change policies",
  orchestration_set_role_model: "change a model",
  task_edit: "edit a task",
  task_insert: "add a task",
  task_set_model: "change a task's model",
  stop: "end terminal",
}

export function actionName(type: string): string {
  return names[type] ?? type.replaceAll("_", " ")
}

/** The message in a result, which is JSON text with `message` or plain text. */
export function resultText(result: string | undefined): string | undefined {
  if (result === undefined) return undefined
  try {
    const value: unknown = JSON.parse(result)
    const message =
      typeof value === "object" && value !== null && "message" in value ? value.message : value
    return typeof message === "string" ? message : undefined
  } catch {
    return result
  }
}
