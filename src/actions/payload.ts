/**
 * What the payload of an action may hold: the fields by their names in snake_case, each with its check. The
 * deployment checks payloads too, but another version of it, or another program, may have written this one.
 */
import { z } from "zod"

const text = z.string({ error: "must be text" }).min(1, { error: "must not be empty" })
const wholeNumber = z.int({ error: "must be a whole number" }).nonnegative({
  error: "must not be negative",
})
const phaseNumber = z
  .union([z.string(), z.number().transform(String)], { error: "must be a phase number" })
  .refine((value) => /^\d{1,6}(\.\d{1,6}){0,9}$/.test(value), {
    error: 'must be a phase number such as "1" or "1.5"',
  })
const policy = z.record(z.string(), z.unknown(), { error: "must be an object" })
const texts = z.union([text, z.array(text)], { error: "must be text or a list of texts" })
const numbers = z.array(wholeNumber, { error: "must be a list of whole numbers" })

/** Every field that an action knows, by its name. */
export const fields = {
  feature: text,
  phase: phaseNumber,
  feedback: text,
  issues: texts,
  reason: text,
  plan: text,
  parent_team_id: text,
  spec_id: text,
  spec_doc: text,
  cwd: text,
  branch: text,
  total_phases: wholeNumber,
  policy,
  model_policy: policy,
  review_policy: policy,
  target_revision: wholeNumber,
  role: text,
  model: text,
  phase_number: phaseNumber,
  task_number: wholeNumber,
  after_task: wholeNumber,
  subject: text,
  description: text,
  depends_on: numbers,
  revision: wholeNumber,
  agent: text,
  team: text,
  text,
} as const

export type PayloadFields = Readonly<Record<string, unknown>>

export type PayloadCheck<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false
      readonly code: "payload_missing_field" | "payload_invalid"
      readonly field: string
      readonly message: string
    }

/** The fields of the JSON text, their names in snake_case; what is null is left out. */
export function parsePayload(payload: string): PayloadCheck<PayloadFields> {
  const value = parseJson(payload)
  if (!isObject(value)) return invalid("payload", "is not JSON text of an object")
  const given = Object.entries(value).filter(([, field]) => field !== null)
  return { ok: true, value: Object.fromEntries(given.map(([name, v]) => [canonical(name), v])) }
}

/** The fields as the type of action needs them; the first that is missing or wrong is named. */
export function checkFields<T>(schema: z.ZodType<T>, given: PayloadFields): PayloadCheck<T> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return { ok: true, value: parsed.data }
  const [issue] = parsed.error.issues
  const field = String(issue?.path[0] ?? "payload")
  if (issue === undefined || Object.hasOwn(given, field) || field === "payload") {
    return invalid(field, issue?.message ?? "is not valid")
  }
  const others = issue.code === "custom" ? ` ${issue.message}` : ""
  const message = `${field}${others} is missing`
  return { ok: false, code: "payload_missing_field", field, message }
}

export interface GivenPolicies {
  readonly policy?: PayloadFields | undefined
  readonly model_policy?: PayloadFields | undefined
  readonly review_policy?: PayloadFields | undefined
}

/** `policy` is an older form that holds the other two. */
export function policiesOf({ policy = {}, model_policy, review_policy }: GivenPolicies): {
  readonly models: unknown
  readonly review: unknown
} {
  return {
    models: model_policy ?? policy["model_policy"] ?? policy["modelPolicy"],
    review: review_policy ?? policy["review_policy"] ?? policy["reviewPolicy"],
  }
}

function invalid(field: string, problem: string): PayloadCheck<never> {
  return { ok: false, code: "payload_invalid", field, message: `${field} ${problem}` }
}

/** `plan_path` is an older name of `plan`. */
function canonical(name: string): string {
  const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return snake === "plan_path" ? "plan" : snake
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
