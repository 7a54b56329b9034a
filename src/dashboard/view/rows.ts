/** The names by which the page calls what the queries of `src/convex` return. */
import type { FunctionReturnType } from "convex/server"
import type { api } from "../../convex/_generated/api"

export type Orchestration = FunctionReturnType<typeof api.board.active>[number]
export type OrchestrationDetail = NonNullable<FunctionReturnType<typeof api.board.orchestration>>
export type HistoryOrchestration = FunctionReturnType<typeof api.board.history>["page"][number]
export type Phase = Orchestration["phases"][number]
export type Progress = FunctionReturnType<typeof api.board.orchestrationProgress>
export type Team = OrchestrationDetail["teams"][number]
export type Member = OrchestrationDetail["members"][number]
export type Task = FunctionReturnType<typeof api.board.teamTasks>[number]
export type TaskDetail = NonNullable<FunctionReturnType<typeof api.board.task>>
export type Node = FunctionReturnType<typeof api.nodes.listNodes>[number]
export type NodeReport = FunctionReturnType<typeof api.nodes.listReports>[number]
export type Role = FunctionReturnType<typeof api.board.whoAmI>["role"]
