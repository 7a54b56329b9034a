/**
 * The two policies of an orchestration: which model each role gets, and how strictly work is reviewed. Their fields
 * with what each is when nobody says anything, and the choices. Plain data: browsers and Convex read it too.
 */

export const enforcementModes = ["task_and_phase", "task_only", "phase_only"] as const
export const detectorScopes = [
  "whole_repo_pattern_index",
  "touched_area_only",
  "architectural_allowlist_only",
] as const
export const architectModes = ["manual_plus_auto", "manual_only", "disabled"] as const
export const testIntegrityProfiles = ["strict_baseline", "max_strict", "minimal"] as const

export const modelPolicyDefaults = {
  validator: "opus",
  planner: "opus",
  executor: "opus",
  reviewer: "opus",
  reviewer_secondary: "haiku",
  dual_validation: false,
  review_consensus: false,
} as const

export const reviewPolicyDefaults = {
  hard_block_detectors: true,
  enforcement: "task_and_phase",
  detector_scope: "whole_repo_pattern_index",
  architect_mode: "manual_plus_auto",
  test_integrity_profile: "strict_baseline",
  allow_rare_override: true,
  require_fix_first: true,
} as const

export type PolicyValues = Readonly<Record<string, string | boolean>>

export interface Policies {
  readonly model_policy: PolicyValues
  readonly review_policy: PolicyValues
}

/** The policies in the text of a state file: every field, with its default where the text has none of its kind. */
export function policiesIn(stateJson: string): Policies {
  const state = parseObject(stateJson)
  return {
    model_policy: over(modelPolicyDefaults, state["model_policy"]),
    review_policy: over(reviewPolicyDefaults, state["review_policy"]),
  }
}

function over(defaults: PolicyValues, given: unknown): PolicyValues {
  const fields = new Map(isObject(given) ? Object.entries(given) : [])
  const present = Object.entries(defaults).map(([name, value]) => {
    const found = fields.get(name)
    return [name, isSameKind(found, value) ? found : value] as const
  })
  return Object.fromEntries(present)
}

function isSameKind<T extends string | boolean>(found: unknown, value: T): found is T {
  return typeof found === typeof value
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
