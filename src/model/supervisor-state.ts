/**
 * The supervisor state of one orchestration, as kept in `{worktree}/.claude/tina/supervisor-state.json`:
 * the session commands write it, the sync reads it. Field names are those of the file.
 *
 * The reader is tolerant: an optional field that is null counts as absent, and fields that it does not
 * know are kept, so that what another version wrote is still there after we write. Older files name the
 * design document `design_doc`, newer ones `spec_doc`. Pure: reading and writing the file is elsewhere.
 */
import { z } from "zod"
import {
  architectModes,
  detectorScopes,
  enforcementModes,
  modelPolicyDefaults as models,
  reviewPolicyDefaults as review,
  testIntegrityProfiles,
} from "./policies.ts"
import { orchestrationStatuses, phaseStatuses } from "./statuses.ts"

export const stateFileName = "supervisor-state.json"

/** Above any real plan; a file that says more would make us count for hours. */
const maxPhases = 10_000

/** The statuses that the file knows for an orchestration; `launching` exists only in the deployment. */
export const [, ...stateStatuses] = orchestrationStatuses

export type StateStatus = (typeof stateStatuses)[number]
export type PhaseStateStatus = (typeof phaseStatuses)[number]

const text = z.string()
const count = z.int().nonnegative()
const minutes = z.number()

/** An object that keeps what it does not know, and takes null for absent where a field is optional. */
function tolerant<Shape extends z.ZodRawShape>(shape: Shape) {
  const optional = Object.entries(shape).filter(
    ([, field]) => z.safeParse(field, undefined).success,
  )
  const names = new Set(optional.map(([name]) => name))
  return z.preprocess((value) => withoutNulls(value, names), z.looseObject(shape))
}

function withoutNulls(value: unknown, names: ReadonlySet<string>): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value).filter(([name, field]) => field !== null || !names.has(name)),
  )
}

const verdict = tolerant({ result: z.enum(["pass", "gaps"]), issues: z.array(text).default([]) })

/** A change of a task that an operator asked for; the team's lead reads it from here. */
const taskChange = tolerant({
  kind: z.enum(["edit", "insert", "set_model"]),
  task_number: count.optional(),
  after_task: count.optional(),
  subject: text.optional(),
  description: text.optional(),
  model: text.optional(),
  depends_on: z.array(count).optional(),
  revision: count.optional(),
  requested_at: text,
})

const phaseState = tolerant({
  status: z.enum(phaseStatuses),
  plan_path: text.optional(),
  planning_started_at: text.optional(),
  execution_started_at: text.optional(),
  review_started_at: text.optional(),
  completed_at: text.optional(),
  /** When the present status began; older files do not have it. */
  status_since: text.optional(),
  duration_mins: minutes.optional(),
  git_range: text.optional(),
  blocked_reason: text.optional(),
  breakdown: tolerant({
    planning_mins: minutes.optional(),
    execution_mins: minutes.optional(),
    review_mins: minutes.optional(),
  }).prefault({}),
  review_verdicts: z.array(verdict).optional(),
  in_phase_repair_loops: count.optional(),
  /** What the last review found and the next plan has to repair. */
  repair_issues: z.array(text).optional(),
  retry_count: count.optional(),
  /** False where trying again cannot help; absent means that it can. */
  can_retry: z.boolean().optional(),
  task_changes: z.array(taskChange).optional(),
})

const timing = tolerant({
  total_elapsed_mins: minutes.optional(),
  active_mins: minutes.optional(),
  idle_mins: minutes.optional(),
  gaps: z
    .array(tolerant({ after: text, before: text, duration_mins: minutes, timestamp: text }))
    .default([]),
})

export const modelPolicySchema = tolerant({
  validator: text.default(models.validator),
  planner: text.default(models.planner),
  executor: text.default(models.executor),
  reviewer: text.default(models.reviewer),
  reviewer_secondary: text.default(models.reviewer_secondary),
  dual_validation: z.boolean().default(models.dual_validation),
  review_consensus: z.boolean().default(models.review_consensus),
})

export const reviewPolicySchema = tolerant({
  hard_block_detectors: z.boolean().default(review.hard_block_detectors),
  enforcement: z.enum(enforcementModes).default(review.enforcement),
  detector_scope: z.enum(detectorScopes).default(review.detector_scope),
  architect_mode: z.enum(architectModes).default(review.architect_mode),
  test_integrity_profile: z.enum(testIntegrityProfiles).default(review.test_integrity_profile),
  allow_rare_override: z.boolean().default(review.allow_rare_override),
  require_fix_first: z.boolean().default(review.require_fix_first),
})

/** Why nothing goes on although no phase is blocked: the validation or the finalizing ended badly. */
const stop = tolerant({ step: z.enum(["validation", "finalize"]), reason: text, at: text })

/** What `resume` puts back. `phase` is absent when no phase was under way. */
const pause = tolerant({
  reason: text,
  at: text,
  status: z.enum(stateStatuses),
  phase: text.optional(),
  phase_status: z.enum(phaseStatuses).optional(),
  phase_blocked_reason: text.optional(),
})

/** A team that was registered for this orchestration; `lead_session_id` is absent until it is known. */
const registeredTeam = tolerant({
  team_name: text,
  local_dir_name: text,
  lead_session_id: text.optional(),
  phase_number: text.optional(),
  parent_team_id: text.optional(),
  tmux_session_name: text.optional(),
  registered_at: text,
})

/** An `advance --key` that was carried out, with the action that it was answered with. */
const answeredKey = tolerant({ key: text, action: z.record(z.string(), z.unknown()) })

export const supervisorStateSchema = tolerant({
  version: count.default(1),
  feature: text.min(1),
  spec_doc: text.optional(),
  design_doc: text.optional(),
  spec_id: text.optional(),
  worktree_path: text,
  branch: text,
  total_phases: count.max(maxPhases),
  current_phase: count,
  status: z.enum(stateStatuses),
  orchestration_started_at: text,
  completed_at: text.optional(),
  phases: z.record(text, phaseState).default({}),
  timing: timing.prefault({}),
  model_policy: modelPolicySchema.prefault({}),
  review_policy: reviewPolicySchema.prefault({}),
  stopped: stop.optional(),
  paused: pause.optional(),
  teams: z.array(registeredTeam).optional(),
  answered_keys: z.array(answeredKey).optional(),
})

export type SupervisorState = z.infer<typeof supervisorStateSchema>
export type PhaseState = z.infer<typeof phaseState>
export type ModelPolicy = z.infer<typeof modelPolicySchema>
export type ReviewPolicy = z.infer<typeof reviewPolicySchema>
export type RegisteredTeam = z.infer<typeof registeredTeam>
export type TaskChange = z.infer<typeof taskChange>
export type ReviewVerdict = z.infer<typeof verdict>

export type SupervisorStateCheck =
  | { readonly ok: true; readonly value: SupervisorState }
  | { readonly ok: false; readonly problem: string }

/** The state in the file's text. The problem is one line; it names the field that is wrong. */
export function parseSupervisorState(content: string): SupervisorStateCheck {
  const json = parseJson(content)
  if (json === undefined) return { ok: false, problem: "is not JSON" }
  const parsed = supervisorStateSchema.safeParse(json.value)
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, problem: firstProblem(parsed.error) }
}

/** The text of the file; equal states give equal texts. */
export function supervisorStateToText(state: SupervisorState): string {
  return `${JSON.stringify(state, null, 2)}\n`
}

/** The path of the design or spec document, under whichever name the file has it. */
export function specDocOf(state: SupervisorState): string | undefined {
  return state.spec_doc ?? state.design_doc
}

function parseJson(content: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(content) }
  } catch {
    return undefined
  }
}

function firstProblem(error: z.ZodError): string {
  const [issue] = error.issues
  return issue === undefined ? "is not valid" : `${issue.path.join(".") || "it"}: ${issue.message}`
}
