/**
 * What an orchestrator is told to do next, in the form in which it is printed: one JSON object with an
 * `action` and its fields. A model is named only where it is not the one that everybody starts with.
 */
import type { ModelPolicy } from "../../model/supervisor-state.ts"

export type Action =
  | { readonly action: "spawn_validator"; readonly model?: string }
  | SpawnPlanner
  | {
      readonly action: "spawn_executor"
      readonly phase: string
      readonly plan_path: string
      readonly model?: string
    }
  | {
      readonly action: "spawn_reviewer"
      readonly phase: string
      readonly git_range: string
      readonly model?: string
      readonly secondary_model?: string
    }
  | { readonly action: "reuse_plan"; readonly phase: string; readonly plan_path: string }
  | { readonly action: "finalize" | "complete" }
  | { readonly action: "stopped" | "wait"; readonly reason: string }
  | {
      readonly action: "error"
      readonly phase: string
      readonly reason: string
      readonly retry_count: number
      readonly can_retry: boolean
    }
  | {
      readonly action: "remediate"
      readonly phase: string
      readonly remediation_phase: string
      readonly issues: readonly string[]
    }
  | {
      readonly action: "consensus_disagreement"
      readonly phase: string
      readonly verdict_1: "pass" | "gaps"
      readonly verdict_2: "pass" | "gaps"
      readonly issues: readonly string[]
    }

interface SpawnPlanner {
  readonly action: "spawn_planner"
  readonly phase: string
  readonly model?: string
  readonly issues?: readonly string[]
}

const usualModel = "opus"

export const roles = ["validator", "planner", "executor", "reviewer", "reviewer_secondary"] as const
export type Role = (typeof roles)[number]

/** `{ model }` where the policy names another than the usual one, else nothing. */
export function modelField(policy: ModelPolicy, role: Role): { readonly model?: string } {
  return policy[role] === usualModel ? {} : { model: policy[role] }
}
