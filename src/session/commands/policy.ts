/** `orchestrate set-policy` and `set-role-model`: only what is given changes, the rest stays as it is. */
import type { z } from "zod"
import { nearestWord } from "../../base/nearest.ts"
import { TinaError } from "../../base/errors.ts"
import {
  type ModelPolicy,
  modelPolicySchema,
  type ReviewPolicy,
  reviewPolicySchema,
  type SupervisorState,
} from "../../model/supervisor-state.ts"
import { sessionLeaf } from "../command-line.ts"
import { choice, optionalText, text, whichOrchestration } from "../flags.ts"
import { roles } from "../orchestration/action.ts"
import { parseJson } from "../read-json.ts"
import { printJson } from "../session.ts"
import { findOrchestration } from "../state/find.ts"
import { updateState } from "../state/state-file.ts"

const modelForm = /^(opus|sonnet|haiku|(claude|gpt|o1|o3|o4)-[a-z0-9.-]+|codex)$/
const modelExamples = "opus, sonnet, haiku, codex, or a full name such as claude-... or gpt-..."

export const setPolicyCommand = sessionLeaf({
  name: "orchestrate set-policy",
  summary: "Change the given fields of the model policy and of the review policy",
  flags: {
    ...whichOrchestration,
    "model-json": optionalText('Fields of the model policy, as {"executor":"haiku"}'),
    "review-json": optionalText('Fields of the review policy, as {"require_fix_first":false}'),
  },
  run: async (flags, session) => {
    const models = flags["model-json"]
    const review = flags["review-json"]
    if (models === undefined && review === undefined) {
      throw new TinaError("usage", "cannot set the policy: neither --model-json nor --review-json")
    }
    const { worktree } = findOrchestration(session, flags)
    const change = (state: SupervisorState) => {
      const modelPolicy = changedModelPolicy(state.model_policy, models)
      const reviewPolicy = changedReviewPolicy(state.review_policy, review)
      const after = { ...state, model_policy: modelPolicy, review_policy: reviewPolicy }
      return { state: after, result: { model_policy: modelPolicy, review_policy: reviewPolicy } }
    }
    printJson(session, { success: true, ...(await updateState(worktree, change, session)) })
  },
})

export const setRoleModelCommand = sessionLeaf({
  name: "orchestrate set-role-model",
  summary: "Choose the model of one role",
  flags: {
    ...whichOrchestration,
    role: choice(roles, "Who"),
    model: text(`Model: ${modelExamples}`),
  },
  run: async (flags, session) => {
    const { role } = flags
    const model = checkModel(flags.model)
    const { worktree, state } = findOrchestration(session, flags)
    await updateState(
      worktree,
      (before) => {
        const after = { ...before, model_policy: { ...before.model_policy, [role]: model } }
        return { state: after, result: undefined }
      },
      session,
    )
    printJson(session, { success: true, feature: state.feature, role, model })
  },
})

/** TinaError `usage`. */
export function checkModel(model: string): string {
  if (modelForm.test(model)) return model
  const problem = `must be ${modelExamples}`
  throw new TinaError("usage", `cannot use the model ${JSON.stringify(model)}: ${problem}`)
}

/** The policy with the fields of the given JSON over it. TinaError `usage`. */
export function changedModelPolicy(policy: ModelPolicy, given: string | undefined): ModelPolicy {
  const changed = merged(modelPolicySchema, policy, given)
  for (const role of roles) checkModel(changed[role])
  return changed
}

/** The policy with the fields of the given JSON over it. TinaError `usage`. */
export function changedReviewPolicy(policy: ReviewPolicy, given: string | undefined): ReviewPolicy {
  return merged(reviewPolicySchema, policy, given)
}

/** The policy with the fields of the given JSON over it. TinaError `usage` for what it does not have. */
function merged<T extends z.ZodType>(
  schema: T,
  policy: z.infer<T>,
  given: string | undefined,
): z.infer<T> {
  if (given === undefined) return policy
  const fields = parseObject(given)
  const known = Object.keys(Object(schema.parse({})))
  for (const name of Object.keys(fields)) {
    if (!known.includes(name)) throw unknownField(name, known)
  }
  const parsed = schema.safeParse({ ...Object(policy), ...fields })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const problem = `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "is wrong"}`
  throw new TinaError("usage", `cannot set the policy: ${problem}`)
}

function parseObject(given: string): object {
  const value = parseJson(given)
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value
  throw new TinaError(
    "usage",
    `cannot set the policy: ${JSON.stringify(given)} is not a JSON object`,
  )
}

function unknownField(name: string, known: readonly string[]): TinaError {
  const near = nearestWord(name, known)
  const problem = `there is no field ${JSON.stringify(name)}${near ? `; is it ${near}?` : ""}`
  return new TinaError("usage", `cannot set the policy: ${problem}`)
}
