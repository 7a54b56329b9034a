/** Asking for an action and following how far it got. */
import type { FunctionArgs } from "convex/server"
import { useState } from "react"
import { api } from "../../convex/_generated/api.js"
import type { Id } from "../../convex/_generated/dataModel.js"
import type { Receipt } from "../view/receipts.ts"
import { failure, type Live, useChange, useLive } from "./use-live.ts"

/** Newest first. */
export function useReceipts(orchestrationId: Id<"orchestrations">): Live<readonly Receipt[]> {
  return useLive(api.actions.actionReceipts, { orchestrationId })
}

/** Undefined until it is read, and for one that the deployment has forgotten. */
export function useReceipt(actionId: Id<"inboundActions">): Receipt | undefined {
  const live = useLive(api.actions.actionReceipts, { actionId })
  return live.status === "ready" ? live.value[0] : undefined
}

type Asked = FunctionArgs<typeof api.actions.submitAction>

export interface Submission extends Pick<Asked, "nodeId" | "orchestrationId" | "type"> {
  readonly payload: Readonly<Record<string, unknown>>
}

export interface Sender {
  /** Resolves to the action's id when the deployment has it. A failure is told in `problem`. */
  readonly send: (submission: Submission) => Promise<Id<"inboundActions"> | undefined>
  readonly isSending: boolean
  readonly problem: string | undefined
}

/** A message that is sent again after a lost connection is one action. */
export function useSender(): Sender {
  const submit = useChange(api.actions.submitAction)
  const [isSending, setIsSending] = useState(false)
  const [problem, setProblem] = useState<string>()
  const send = async ({ payload, ...asked }: Submission) => {
    setIsSending(true)
    setProblem(undefined)
    const idempotencyKey = crypto.randomUUID()
    try {
      return await submit({ ...asked, idempotencyKey, payload: JSON.stringify(payload) })
    } catch (error) {
      setProblem(failure(error).reason)
      return undefined
    } finally {
      setIsSending(false)
    }
  }
  return { send, isSending, problem }
}
