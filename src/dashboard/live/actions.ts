/** Asking for an action and following how far it got. */
import { api } from "../../convex/_generated/api.js"
import type { Id } from "../../convex/_generated/dataModel.js"
import type { Control } from "../view/controls.ts"
import type { Receipt } from "../view/receipts.ts"
import type { OrchestrationDetail } from "../view/rows.ts"
import { type Live, useChange, useLive } from "./use-live.ts"

/** Newest first. */
export function useReceipts(orchestrationId: Id<"orchestrations">): Live<readonly Receipt[]> {
  return useLive(api.actions.actionReceipts, { orchestrationId })
}

export interface Submission {
  readonly control: Control
  readonly text: string
  /** A second submission with the same key is the same action. */
  readonly idempotencyKey: string
}

export function useSubmit(
  detail: OrchestrationDetail,
): (submission: Submission) => Promise<Id<"inboundActions">> {
  const { _id: orchestrationId, nodeId } = detail
  const submit = useChange(api.actions.submitAction)
  return ({ control, text, idempotencyKey }) => {
    const { type, payload, text: field } = control
    const full = field === undefined || text === "" ? payload : { ...payload, [field.field]: text }
    return submit({ orchestrationId, nodeId, type, idempotencyKey, payload: JSON.stringify(full) })
  }
}
