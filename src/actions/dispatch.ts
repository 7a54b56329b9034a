/**
 * From an action to the words of the session command that carries it out: a table by type, pure. There is no shell
 * to talk to, and nothing is tried that the payload does not say in full.
 */
import { z } from "zod"
import {
  checkFields,
  fields,
  parsePayload,
  type PayloadCheck,
  type PayloadFields,
} from "./payload.ts"
import { advance, type DispatchTarget, flags, policyFlags, taskWords } from "./session-words.ts"

export type Dispatch =
  | { readonly ok: true; readonly argv: readonly string[] }
  | Extract<PayloadCheck<never>, { readonly ok: false }>
  | { readonly ok: false; readonly code: "unknown_action_type"; readonly message: string }

interface Asked {
  readonly type: string
  /** JSON text. */
  readonly payload: string
}

/** What follows `tina-session`, or why nothing can be run. */
export function dispatch({ type, payload }: Asked, target: DispatchTarget): Dispatch {
  if (!isActionType(type)) {
    return { ok: false, code: "unknown_action_type", message: `unknown action type: ${type}` }
  }
  const given = parsePayload(payload)
  return given.ok ? rows[type](given.value, target) : given
}

export type ActionType = keyof typeof rows

export function isActionType(type: string): type is ActionType {
  return Object.hasOwn(rows, type)
}

type Row = (given: PayloadFields, target: DispatchTarget) => Dispatch

function row<T>(schema: z.ZodType<T>, words: (given: T, target: DispatchTarget) => string[]): Row {
  return (given, target) => {
    const checked = checkFields(schema, given)
    return checked.ok ? { ok: true, argv: words(checked.value, target) } : checked
  }
}

const { feature, phase, phase_number, task_number, model, revision } = fields
const ofPhase = { feature, phase }
const ofTask = { feature, phase_number, task_number }
const policies = {
  policy: fields.policy.optional(),
  model_policy: fields.model_policy.optional(),
  review_policy: fields.review_policy.optional(),
}

const rows = {
  approve_plan: row(z.object(ofPhase), (given, target) => advance("review_pass", given, target)),
  reject_plan: row(
    z.object({
      ...ofPhase,
      feedback: fields.feedback.optional(),
      issues: fields.issues.optional(),
    }),
    ({ feedback, issues, ...given }, target) => [
      ...advance("review_gaps", given, target),
      ...flags({ issue: feedback }),
      ...(Array.isArray(issues) ? flags({ issue: issues }) : flags({ issues })),
    ],
  ),
  pause: row(z.object({ ...ofPhase, reason: fields.reason.optional() }), (given, target) => [
    ...advance("pause", given, target),
    ...flags({ issue: given.reason ?? "paused by operator" }),
  ]),
  resume: row(z.object({ feature, phase: phase.optional() }), (given, target) =>
    advance("resume", given, target),
  ),
  retry: row(z.object(ofPhase), (given, target) => advance("retry", given, target)),
  start_execution: row(
    z
      .object({
        ...ofPhase,
        plan: fields.plan.optional(),
        spec_id: fields.spec_id.optional(),
        cwd: fields.cwd.optional(),
        parent_team_id: fields.parent_team_id.optional(),
      })
      .superRefine(exactlyOneOf(["plan", "spec_id"])),
    ({ cwd, parent_team_id, plan, spec_id, ...given }, { worktree }) => [
      "start",
      ...flags({ ...given, worktree, cwd, plan, "spec-id": spec_id }),
      ...flags({ "parent-team-id": parent_team_id }),
    ],
  ),
  start_orchestration: row(
    z
      .object({
        feature,
        cwd: fields.cwd,
        branch: fields.branch,
        total_phases: fields.total_phases,
        spec_id: fields.spec_id.optional(),
        spec_doc: fields.spec_doc.optional(),
        ...policies,
      })
      .superRefine(exactlyOneOf(["spec_id", "spec_doc"])),
    ({ total_phases, spec_id, spec_doc, policy, model_policy, review_policy, ...given }) => [
      "init",
      ...flags({ ...given, "total-phases": total_phases }),
      ...flags({ "spec-id": spec_id, "spec-doc": spec_doc }),
      ...policyFlags({ policy, model_policy, review_policy }),
      "--launch-orchestrator",
    ],
  ),
  orchestration_set_policy: row(
    z
      .object({ feature, target_revision: fields.target_revision.optional(), ...policies })
      .superRefine(someOf(["policy", "model_policy", "review_policy"])),
    ({ feature, target_revision: _revision, ...given }, { worktree }) => [
      "orchestrate",
      "set-policy",
      ...flags({ feature, worktree }),
      ...policyFlags(given),
    ],
  ),
  orchestration_set_role_model: row(
    z.object({ feature, role: fields.role, model }),
    (given, { worktree }) => ["orchestrate", "set-role-model", ...flags({ ...given, worktree })],
  ),
  task_edit: row(
    z
      .object({
        ...ofTask,
        subject: fields.subject.optional(),
        description: fields.description.optional(),
        model: model.optional(),
        depends_on: fields.depends_on.optional(),
        revision: revision.optional(),
      })
      .superRefine(someOf(["subject", "description", "model", "depends_on"])),
    (given, target) => taskWords("task-edit", given, target),
  ),
  task_insert: row(
    z.object({
      feature,
      phase_number,
      subject: fields.subject,
      after_task: fields.after_task.default(0),
      description: fields.description.optional(),
      model: model.optional(),
      depends_on: fields.depends_on.optional(),
    }),
    (given, target) => taskWords("task-insert", given, target),
  ),
  task_set_model: row(
    z.object({ ...ofTask, model, revision: revision.optional() }),
    (given, target) => taskWords("task-set-model", given, target),
  ),
  stop: row(z.object(ofPhase), (given) => ["stop", ...flags(given)]),
  send_message: row(
    z.object({
      feature,
      agent: fields.agent,
      text: fields.text,
      phase: phase.optional(),
      team: fields.team.optional(),
    }),
    (given, { worktree }) => ["message", ...flags({ ...given, worktree })],
  ),
} as const satisfies Readonly<Record<string, Row>>

type Refinement = (given: PayloadFields, context: z.RefinementCtx) => void

function someOf([first, ...others]: readonly [string, ...string[]]): Refinement {
  return (given, context) => {
    if ([first, ...others].some((name) => given[name] !== undefined)) return
    context.addIssue({ code: "custom", path: [first], message: `or ${others.join(" or ")}` })
  }
}

function exactlyOneOf(names: readonly [string, string]): Refinement {
  return (given, context) => {
    someOf(names)(given, context)
    if (names.some((name) => given[name] === undefined)) return
    const message = `cannot be given with ${names[0]}`
    context.addIssue({ code: "custom", path: [names[1]], message })
  }
}
