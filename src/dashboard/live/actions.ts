/** Asking for an action and following how far it got. */
import type { FunctionArgs } from "convex/server"
import { useState } from "react"
import { api } from "../../convex/_generated/api.js"
import type { Id } from "../../convex/_generated/dataModel.js"
import type { Receipt } from "../view/receipts.ts"
import type { OrchestrationDetail } from "../view/rows.ts"
import { failure, type Live, useChange, useLive } from "./use-live.ts"

/** Newest first. */
export function useReceipts(orchestrationId: Id<"orchestrations">): Live<readonly Receipt[]> {
  return useLive(api.actions.actionReceipts, { orchestrationId })
}

export interface Submission {
  readonly type: FunctionArgs<typeof api.actions.submitAction>["type"]
  readonly payload: Readonly<Record<string, unknown>>
}

export interface Sender {
  /** Resolves to true when the deployment has it. A failure is told in `problem`. */
  readonly send: (submission: Submission) => Promise<boolean>
  readonly isSending: boolean
  readonly problem: string | undefined
}

/** Sends actions to an orchestration's node. A message that is sent again after a lost connection is one action. */
export function useSender({ _id: orchestrationId, nodeId }: OrchestrationDetail): Sender {
  const submit = useChange(api.actions.submitAction)
  const [isSending, setIsSending] = useState(false)
  const [problem, setProblem] = useState<string>()
  const send = async ({ type, payload }: Submission) => {
    setIsSending(true)
    setProblem(undefined)
    const idempotencyKey = crypto.randomUUID()
    const args = { orchestrationId, nodeId, type, idempotencyKey, payload: JSON.stringify(payload) }
    try {
      await submit(args)
      return true
    } catch (error) {
      setProblem(failure(error).reason)
      return false
    } finally {
      setIsSending(false)
    }
  }
  return { send, isSending, problem }
}
