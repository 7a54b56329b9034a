/**
 * A form for an action as data, and what it holds as the action's payload. All values are texts while somebody
 * writes; the kind of a field says what is sent. Pure: drawing it and sending it are elsewhere.
 */
import type { FunctionArgs } from "convex/server"
import type { api } from "../../convex/_generated/api.js"

export type ActionType = FunctionArgs<typeof api.actions.submitAction>["type"]

export interface FormField {
  readonly name: string
  readonly label: string
  /** `counts` is numbers with commas between them, `flag` is "true" or "false"; both counts may be chosen from options. */
  readonly kind: "line" | "text" | "choice" | "count" | "counts" | "flag"
  readonly initial: string
  readonly hint?: string
  readonly options?: readonly FormOption[]
  /** Offered while somebody writes a line. */
  readonly suggestions?: readonly string[]
  readonly isRequired?: boolean
  /** Sent as it is, changed or not. */
  readonly isAlways?: boolean
  /** Steers the form and is not sent. */
  readonly isOwn?: boolean
  /** The object in the payload that has it. */
  readonly within?: string
  /** Two of them stand beside each other where there is room. */
  readonly isShort?: boolean
  /** The heading below which fields that follow each other stand; closed until it is opened. */
  readonly section?: string
  /** What is wrong with a text that is there. */
  readonly problemOf?: (value: string) => string | undefined
}

export interface FormOption {
  readonly value: string
  readonly label: string
}

export interface ActionForm {
  /** Several where what was filled in decides. */
  readonly type: ActionType | ((payload: Payload) => ActionType)
  readonly title: string
  /** The word on the button. */
  readonly verb: string
  /** What it costs, or how it goes on. */
  readonly note?: string
  readonly fields: readonly FormField[]
  /** Sent with what was filled in. */
  readonly payload: Payload
}

export type FormValues = Readonly<Record<string, string>>
export type Payload = Readonly<Record<string, unknown>>

export type FormReading =
  | { readonly status: "ready"; readonly type: ActionType; readonly payload: Payload }
  /** Nothing to send. */
  | { readonly status: "unchanged" }
  | { readonly status: "wrong"; readonly field: string; readonly problem: string }

export function valueOf({ name, initial }: FormField, values: FormValues): string {
  return values[name] ?? initial
}

/** The first thing that is wrong in the order of the fields; else what is sent. */
export function readForm(form: ActionForm, values: FormValues): FormReading {
  const { fields, payload, type } = form
  for (const field of fields) {
    const problem = problemWith(field, values)
    if (problem !== undefined) return { status: "wrong", field: field.name, problem }
  }
  const changed = fields.filter((field) => isChanged(field, values))
  const isAsked = fields.some(({ isRequired = false }) => isRequired)
  if (!isAsked && changed.every(({ isAlways = false, isOwn = false }) => isAlways || isOwn)) {
    return { status: "unchanged" }
  }
  const sent = fields.filter((field) => isSent(field, changed, values))
  const filled = { ...payload, ...nested(sent.map((field) => entryOf(field, values))) }
  return {
    status: "ready",
    type: typeof type === "function" ? type(filled) : type,
    payload: filled,
  }
}

/** A value that was there before is not judged: another program wrote it. */
function problemWith(field: FormField, values: FormValues): string | undefined {
  const { label, kind, isRequired, problemOf } = field
  const value = valueOf(field, values).trim()
  if (value === "") return isRequired === true ? `${label}: needed` : undefined
  if (kind === "count" && !/^\d{1,6}$/.test(value)) return `${label}: a whole number is needed`
  if (kind === "counts" && !/^\d{1,6}(\s*,\s*\d{1,6})*$/.test(value)) {
    return `${label}: numbers with commas between them, such as 1, 4`
  }
  return isRequired === true || isChanged(field, values) ? problemOf?.(value) : undefined
}

function isChanged(field: FormField, values: FormValues): boolean {
  const value = valueOf(field, values).trim()
  return value !== "" && value !== field.initial.trim()
}

function isSent(field: FormField, changed: readonly FormField[], values: FormValues): boolean {
  if (field.isOwn === true || valueOf(field, values).trim() === "") return false
  return field.isAlways === true || field.isRequired === true || changed.includes(field)
}

type Entry = readonly [within: string | undefined, name: string, value: unknown]

function entryOf(field: FormField, values: FormValues): Entry {
  return [field.within, field.name, converted(field.kind, valueOf(field, values).trim())]
}

function converted(kind: FormField["kind"], value: string): unknown {
  if (kind === "count") return Number(value)
  if (kind === "counts") return value.split(",").map(Number)
  return kind === "flag" ? value === "true" : value
}

function nested(entries: readonly Entry[]): Payload {
  const groups = new Map<string, Record<string, unknown>>()
  const flat: Record<string, unknown> = {}
  for (const [within, name, value] of entries) {
    if (within === undefined) flat[name] = value
    else groups.set(within, { ...groups.get(within), [name]: value })
  }
  return { ...flat, ...Object.fromEntries(groups) }
}
