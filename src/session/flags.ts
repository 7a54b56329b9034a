/**
 * The sorts of flags that session commands take, as zod schemas of the text that is given: each says what
 * it is for and how its value is written in a usage line.
 */
import { z } from "zod"
import { parsePhaseNumber } from "../model/phase-number.ts"

/** How the flag is read: with one value, with any number of values, or with none. */
export type FlagForm = "value" | "list" | "switch"

export interface FlagMeta {
  readonly description: string
  readonly form: FlagForm
  /** Stands for the value in a usage line; the flag's own name in capitals unless given. */
  readonly placeholder?: string
}

const required = { error: "is required" }

/** Text that must be given. */
export function text(description: string) {
  return z.string(required).min(1, required).meta({ description, form: "value" })
}

/** Empty text counts as missing. */
export function optionalText(description: string) {
  return z
    .string()
    .transform((given) => given || undefined)
    .optional()
    .meta({ description, form: "value" })
}

/** May be given several times. */
export function list(description: string) {
  return z.array(z.string()).default([]).meta({ description, form: "list" })
}

export function toggle(description: string) {
  return z.boolean().default(false).meta({ description, form: "switch" })
}

export function choice<const T extends readonly [string, ...string[]]>(
  options: T,
  description: string,
) {
  return choiceOf(options).meta({ description, form: "value", ...placeholderOf(options) })
}

export function optionalChoice<const T extends readonly [string, ...string[]]>(
  options: T,
  description: string,
) {
  return choiceOf(options)
    .optional()
    .meta({ description, form: "value", ...placeholderOf(options) })
}

/** More than a line's worth of options are named by the flag; a wrong one is told them all. */
function placeholderOf(options: readonly string[]): { readonly placeholder?: string } {
  return options.length > 6 ? {} : { placeholder: options.join("|") }
}

function choiceOf<const T extends readonly [string, ...string[]]>(options: T) {
  return z.enum(options, { error: `must be one of ${options.join(", ")}` })
}

const digits = z
  .string(required)
  .regex(/^\d{1,9}$/, { error: "must be a whole number" })
  .transform(Number)

export function wholeNumber(description: string) {
  return digits.meta({ description, form: "value", placeholder: "N" })
}

export function optionalNumber(description: string) {
  return digits.optional().meta({ description, form: "value", placeholder: "N" })
}

export function numberOr(standard: number, description: string) {
  const said = `${description} (${standard} unless given)`
  return digits.default(standard).meta({ description: said, form: "value", placeholder: "N" })
}

export function optionalBoolean(description: string) {
  return z
    .enum(["true", "false"], { error: "must be true or false" })
    .transform((given) => given === "true")
    .optional()
    .meta({ description, form: "value", placeholder: "true|false" })
}

const phase = z.string(required).superRefine((given, context) => {
  const check = parsePhaseNumber(given)
  if (!check.ok) context.addIssue({ code: "custom", message: `is wrong: ${check.problem}` })
})

const phaseMeta = {
  description: "Number of the phase, such as 1 or 1.5",
  form: "value",
  placeholder: "N",
} as const

export function phaseNumber() {
  return phase.meta(phaseMeta)
}

export function optionalPhaseNumber() {
  return phase.optional().meta(phaseMeta)
}

/** How to find the orchestration; every command that works on one takes these. */
export const whichOrchestration = {
  feature: text("Name of the feature"),
  worktree: optionalText("Its worktree, where several have a feature of this name"),
  cwd: optionalText("Directory from which to look for it, instead of the current one"),
}

/** The schema's own note of what it is for and how it is read. */
export function metaOf(flag: z.ZodType): FlagMeta {
  const { description = "", form, placeholder } = flag.meta() ?? {}
  return {
    description,
    form: form === "list" || form === "switch" ? form : "value",
    ...(typeof placeholder === "string" ? { placeholder } : {}),
  }
}

export function isRequired(flag: z.ZodType): boolean {
  return !flag.safeParse(undefined).success
}
