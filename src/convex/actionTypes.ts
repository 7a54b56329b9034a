/** The kinds of action that a node can be asked for, the states of one, and the steps of its receipt. */
import { type Infer, v } from "convex/values"

export const actionType = v.union(
  v.literal("approve_plan"),
  v.literal("reject_plan"),
  v.literal("pause"),
  v.literal("resume"),
  v.literal("retry"),
  v.literal("start_execution"),
  v.literal("start_orchestration"),
  v.literal("orchestration_set_policy"),
  v.literal("orchestration_set_role_model"),
  v.literal("task_edit"),
  v.literal("task_insert"),
  v.literal("task_set_model"),
  v.literal("stop"),
  v.literal("send_message"),
)

export const actionStatus = v.union(
  v.literal("pending"),
  v.literal("claimed"),
  v.literal("started"),
  v.literal("completed"),
  v.literal("failed"),
  v.literal("unknown"),
)

export const receiptStep = v.union(
  v.literal("queued"),
  v.literal("delivered"),
  v.literal("claimed"),
  v.literal("started"),
  v.literal("finished"),
  v.literal("observed"),
)

export type ActionType = Infer<typeof actionType>
export type ActionStatus = Infer<typeof actionStatus>
export type ReceiptStep = Infer<typeof receiptStep>
