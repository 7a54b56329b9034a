/** The fields of the two policies in a form, each with its present value. Pure. */
import {
  architectModes,
  detectorScopes,
  enforcementModes,
  modelPolicyDefaults,
  type Policies,
  reviewPolicyDefaults,
  testIntegrityProfiles,
} from "../../model/policies.ts"
import type { ActionForm, FormField } from "./form.ts"
import type { OrchestrationDetail } from "./rows.ts"
import { isOver } from "./summary.ts"

/** Those that `tina-session` takes; a full name of a model is taken as well. */
export const models = ["opus", "sonnet", "haiku", "codex"] as const

const modelForm = /^(opus|sonnet|haiku|(claude|gpt|o1|o3|o4)-[a-z0-9.-]+|codex)$/

export function modelProblem(value: string): string | undefined {
  if (modelForm.test(value)) return undefined
  return `${value}: not a model; ${models.join(", ")} or a full name such as claude-opus-4-5`
}

export const defaultPolicies: Policies = {
  model_policy: modelPolicyDefaults,
  review_policy: reviewPolicyDefaults,
}

/** In the order in which they are shown. */
const labels: Readonly<Record<string, string>> = {
  validator: "Validator",
  planner: "Planner",
  executor: "Executor",
  reviewer: "Reviewer",
  reviewer_secondary: "Second reviewer",
  dual_validation: "Validate the design twice",
  review_consensus: "Both reviewers have to agree",
  enforcement: "What is reviewed",
  detector_scope: "Where detectors look",
  architect_mode: "When an architect is asked",
  test_integrity_profile: "How tests are guarded",
  hard_block_detectors: "What a detector finds blocks",
  allow_rare_override: "A finding may be overridden, rarely",
  require_fix_first: "Repair gaps before a phase is added",
}

const choices: Readonly<Record<string, readonly string[]>> = {
  enforcement: enforcementModes,
  detector_scope: detectorScopes,
  architect_mode: architectModes,
  test_integrity_profile: testIntegrityProfiles,
}

export function policyFields(present: Policies): FormField[] {
  return (["model_policy", "review_policy"] as const).flatMap((within) => {
    const fields = Object.keys(labels).flatMap((name) => {
      const value = present[within][name]
      return value === undefined ? [] : [fieldOf(name, value)]
    })
    const section = within === "model_policy" ? "Models" : "Review"
    return fields.map((field) => ({ ...field, within, section, isShort: true }))
  })
}

/** Undefined where no policy applies, or none is known yet. */
export function policyForm(
  detail: OrchestrationDetail,
  present: Policies | null | undefined,
): ActionForm | undefined {
  if (isOver(detail) || present == null) return undefined
  return {
    type: "orchestration_set_policy",
    title: `Policies of ${detail.featureName}`,
    verb: "Change",
    note: "Only what you change is sent. It counts for what starts from then on.",
    fields: policyFields(present),
    payload: { feature: detail.featureName },
  }
}

function fieldOf(name: string, value: string | boolean): FormField {
  const own = { name, label: labels[name] ?? name, initial: String(value) }
  if (typeof value === "boolean") return { ...own, kind: "flag" }
  const options = choices[name]
  if (options === undefined) {
    return { ...own, kind: "line", suggestions: models, problemOf: modelProblem }
  }
  return { ...own, kind: "choice", options: options.map(wordsOf) }
}

function wordsOf(value: string) {
  return { value, label: value.replaceAll("_", " ") }
}
