/**
 * Asking for an action and following its receipt. Named here by module and function, because a deployment
 * may be older than the page: where the functions are missing there are no controls.
 */
import { type FunctionReference, makeFunctionReference } from "convex/server"
import type { Receipt } from "../view/receipts.ts"
import { type Live, useChange, useLive } from "./use-live.ts"
import type { Control } from "../view/controls.ts"
import type { OrchestrationDetail } from "../view/rows.ts"

interface SubmitArgs {
  readonly [name: string]: unknown
  readonly token: string
  readonly nodeId: string
  readonly orchestrationId: string
  readonly type: string
  /** JSON text. */
  readonly payload: string
  readonly idempotencyKey: string
}

const submitAction: FunctionReference<"mutation", "public", SubmitArgs, string> =
  makeFunctionReference("actions:submitAction")

interface ReceiptsArgs {
  readonly [name: string]: unknown
  readonly token: string
  readonly orchestrationId: string
}

const actionReceipts: FunctionReference<"query", "public", ReceiptsArgs, Receipt[]> =
  makeFunctionReference("actions:actionReceipts")

export function useReceipts(orchestrationId: string): Live<readonly Receipt[]> {
  return useLive(actionReceipts, { orchestrationId })
}

/** Sends a control with its text. A second call with the same key is the same action. */
export function useSubmit({
  _id: orchestrationId,
  nodeId,
}: OrchestrationDetail): (
  control: Control,
  text: string,
  idempotencyKey: string,
) => Promise<unknown> {
  const submit = useChange(submitAction)
  return ({ type, payload, text: field }, text, idempotencyKey) => {
    const withText =
      field === undefined || text === "" ? payload : { ...payload, [field.field]: text }
    const args = { orchestrationId, nodeId, type, idempotencyKey }
    return submit({ ...args, payload: JSON.stringify(withText) })
  }
}
