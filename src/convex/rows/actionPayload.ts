/**
 * What the payload of each type of action must hold. A payload is JSON text of one object; its fields
 * are in snake_case or in camelCase and are stored in snake_case. Everything else is refused, with the
 * name of the field, before anything is stored.
 */
import type { ActionType } from "../actionTypes.ts"
import { refuse } from "../refusal.ts"

const longestPayload = 65_536

interface Form {
  readonly required: readonly Field[]
  readonly optional?: readonly Field[]
  /** At least one of these. */
  readonly anyOf?: readonly Field[]
  /** Not more than one of these. */
  readonly atMostOneOf?: readonly Field[]
}

const policies = ["policy", "model_policy", "review_policy"] as const
const specs = ["spec_id", "spec_doc"] as const
const edits = ["subject", "description", "model", "depends_on"] as const

const forms: Readonly<Record<ActionType, Form>> = {
  approve_plan: { required: ["feature", "phase"] },
  reject_plan: { required: ["feature", "phase"], optional: ["feedback", "issues"] },
  pause: { required: ["feature", "phase"], optional: ["reason"] },
  resume: { required: ["feature"], optional: ["phase"] },
  retry: { required: ["feature", "phase"] },
  start_execution: {
    required: ["feature", "phase"],
    anyOf: ["plan", "spec_id"],
    atMostOneOf: ["plan", "spec_id"],
    optional: ["cwd", "parent_team_id"],
  },
  start_orchestration: {
    required: ["feature", "cwd", "branch", "total_phases"],
    anyOf: specs,
    atMostOneOf: specs,
    optional: policies,
  },
  orchestration_set_policy: {
    required: ["feature"],
    anyOf: policies,
    optional: ["target_revision"],
  },
  orchestration_set_role_model: {
    required: ["feature", "role", "model"],
    optional: ["target_revision"],
  },
  task_edit: {
    required: ["feature", "phase_number", "task_number"],
    anyOf: edits,
    optional: ["revision"],
  },
  task_insert: {
    required: ["feature", "phase_number", "subject"],
    optional: ["after_task", "description", "model", "depends_on"],
  },
  task_set_model: {
    required: ["feature", "phase_number", "task_number", "model"],
    optional: ["revision"],
  },
  stop: { required: ["feature", "phase"] },
  send_message: { required: ["feature", "agent", "text"], optional: ["phase", "team"] },
}

interface Kind {
  readonly is: (value: unknown) => boolean
  readonly words: string
}

const isText = (value: unknown) => typeof value === "string" && value.trim() !== ""
const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0

const text: Kind = { is: isText, words: "text that is not empty" }
/** A name reaches a command line, where a leading dash would make it an option. */
const name: Kind = {
  is: (value) => typeof value === "string" && /^[^-\s\p{Cc}][^\p{Cc}]{0,199}$/u.test(value),
  words: "a name of at most 200 characters that does not begin with a dash",
}
const path: Kind = { is: name.is, words: "a path that does not begin with a dash" }
const phase: Kind = {
  is: (value) => typeof value === "string" && /^\d{1,6}(\.\d{1,6}){0,9}$/.test(value),
  words: 'a phase number such as "1" or "1.5"',
}
const count: Kind = { is: isCount, words: "a whole number, 0 or more" }
const counts: Kind = {
  is: (value) => Array.isArray(value) && value.every(isCount),
  words: "a list of whole numbers",
}
const texts: Kind = {
  is: (value) => isText(value) || (Array.isArray(value) && value.every(isText)),
  words: "text or a list of texts",
}
const role: Kind = {
  is: (value) => ["validator", "planner", "executor", "reviewer"].some((each) => each === value),
  words: "validator, planner, executor or reviewer",
}
const policy: Kind = { is: isObject, words: "an object" }

const kinds = {
  feature: name,
  phase,
  feedback: text,
  issues: texts,
  reason: text,
  plan: path,
  parent_team_id: name,
  spec_id: name,
  spec_doc: path,
  cwd: path,
  branch: name,
  total_phases: count,
  policy,
  model_policy: policy,
  review_policy: policy,
  target_revision: count,
  role,
  model: name,
  phase_number: phase,
  task_number: count,
  after_task: count,
  subject: text,
  description: text,
  depends_on: counts,
  revision: count,
  agent: name,
  team: name,
  text,
} as const satisfies Readonly<Record<string, Kind>>

type Field = keyof typeof kinds

/** The payload as it is stored: the same fields in snake_case. Refuses with `invalid` and the field. */
export function checkPayload(type: ActionType, payload: string): string {
  const fields = readFields(payload)
  const { required, optional = [], anyOf = [], atMostOneOf = [] } = forms[type]
  const allowed = new Set<string>([...required, ...optional, ...anyOf])
  for (const field of fields.keys()) {
    if (!allowed.has(field)) refuseField(field, `is not a field of ${type}`)
  }
  for (const field of required) if (!fields.has(field)) refuseField(field, `is required`)
  const [first] = anyOf
  if (first !== undefined && !anyOf.some((field) => fields.has(field))) {
    refuseField(first, `is required, or one of ${anyOf.slice(1).join(", ")}`)
  }
  const [, second] = atMostOneOf.filter((field) => fields.has(field))
  if (second !== undefined) refuseField(second, `cannot be given with ${atMostOneOf[0]}`)
  for (const [field, value] of fields) checkField(field, value)
  return JSON.stringify(Object.fromEntries(fields))
}

function readFields(payload: string): Map<string, unknown> {
  if (payload.length > longestPayload) {
    return refuseField("payload", `has more than ${longestPayload} characters`)
  }
  const value = parse(payload)
  if (!isObject(value)) return refuseField("payload", "is not JSON text of an object")
  const given = Object.entries(value).filter(([, each]) => each !== null)
  return new Map(given.map(([key, each]) => [canonical(key), each]))
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** `planPath` and `plan_path` are older names of `plan`. */
function canonical(key: string): string {
  const snake = key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return snake === "plan_path" ? "plan" : snake
}

function checkField(field: string, value: unknown): void {
  const kind = Object.entries(kinds).find(([name]) => name === field)?.[1]
  if (kind?.is(value) !== true) refuseField(field, `must be ${kind?.words ?? "known"}`)
}

function refuseField(field: string, problem: string): never {
  return refuse("invalid", `${field} ${problem}`, { field })
}
