/**
 * The command line of the session commands. Definitions are citty's, so that help and completions see
 * them; the arguments are read strictly here, because citty passes over an unknown flag, keeps one value
 * of a repeated one, and swallows a value that begins with `--no-`. There are only long flags: a
 * positional argument is a usage error that shows the right form.
 */
import { parseArgs } from "node:util"
import { type ArgsDef, type CommandDef, defineCommand } from "citty"
import { z } from "zod"
import { reasonOf, TinaError } from "../base/errors.ts"
import { nearestWord } from "../base/nearest.ts"
import { isRequired, metaOf } from "./flags.ts"
import type { Session } from "./session.ts"

export type Flags = Readonly<Record<string, z.ZodType>>

export interface Definition<T extends Flags> {
  /** All words of the command, without the program's name: "orchestrate next". */
  readonly name: string
  readonly summary: string
  readonly flags: T
  /** Returns the exit code, 0 unless it says otherwise. */
  readonly run: (flags: z.infer<z.ZodObject<T>>, session: Session) => Promise<number | void>
}

/** A command that citty can list and explain, and that is run with a session. */
export interface SessionLeaf extends CommandDef {
  /** Returns the exit code. */
  readonly execute: (rawArgs: readonly string[], session: Session) => Promise<number>
}

export function sessionLeaf<T extends Flags>(definition: Definition<T>): SessionLeaf {
  const { name, summary, flags, run } = definition
  const command = defineCommand({
    meta: { name: `tina-session ${name}`, description: summary },
    args: argsOf(flags),
  })
  const execute: SessionLeaf["execute"] = async (rawArgs, session) =>
    (await run(parseFlags(rawArgs, definition), session)) ?? 0
  return { ...command, execute }
}

export function isLeaf(command: CommandDef): command is SessionLeaf {
  return "execute" in command
}

/** The flags as citty has them, the required ones first. All are text: values are read by `parseFlags`. */
function argsOf(flags: Flags): ArgsDef {
  const args = Object.entries(flags).map(([name, flag]) => {
    const { description, form } = metaOf(flag)
    const type = form === "switch" ? ("boolean" as const) : ("string" as const)
    return [
      name,
      { type, description, required: isRequired(flag), valueHint: hintOf(name, flag) },
    ] as const
  })
  return Object.fromEntries(args.sort((a, b) => Number(b[1].required) - Number(a[1].required)))
}

function hintOf(name: string, flag: z.ZodType): string {
  const { form, placeholder = name.replaceAll("-", "_").toUpperCase() } = metaOf(flag)
  return form === "list" ? `${placeholder} ...` : placeholder
}

/** The values of the flags. TinaError `usage`, with the right form as its hint. */
export function parseFlags<T extends Flags>(
  rawArgs: readonly string[],
  { name, flags }: Pick<Definition<T>, "name" | "flags">,
): z.infer<z.ZodObject<T>> {
  const fail = (problem: string) =>
    new TinaError("usage", `cannot run ${name}: ${problem}`, { hint: usageOf(name, flags) })
  const parsed = z.strictObject(flags).safeParse(readArguments(rawArgs, flags, fail))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw fail(`--${issue?.path.join(".") ?? ""} ${issue?.message ?? "is wrong"}`)
}

function readArguments(
  rawArgs: readonly string[],
  flags: Flags,
  fail: (problem: string) => TinaError,
): unknown {
  const { values, names } = parseWords(rawArgs, flags, fail)
  for (const [name, flag] of Object.entries(flags)) {
    const { form } = metaOf(flag)
    const isOnce = form !== "switch" && form !== "list"
    if (isOnce && names.indexOf(name) !== names.lastIndexOf(name)) {
      throw fail(`--${name} is given twice`)
    }
  }
  return values
}

interface ParsedWords {
  readonly values: Readonly<Record<string, unknown>>
  /** Of the flags as they were given, each as often as it was. */
  readonly names: readonly string[]
}

function parseWords(
  rawArgs: readonly string[],
  flags: Flags,
  fail: (problem: string) => TinaError,
): ParsedWords {
  const entries = Object.entries(flags).map(([name, flag]) => {
    const { form } = metaOf(flag)
    const type = form === "switch" ? ("boolean" as const) : ("string" as const)
    return [name, { type, multiple: form === "list" }] as const
  })
  const settings = { options: Object.fromEntries(entries), allowPositionals: false } as const
  try {
    const { values, tokens } = parseArgs({ args: [...rawArgs], ...settings, tokens: true })
    const names = tokens.flatMap((token) => (token.kind === "option" ? [token.name] : []))
    return { values: { ...values }, names }
  } catch (error) {
    throw fail(problemOf(error, Object.keys(flags)))
  }
}

function problemOf(error: unknown, names: readonly string[]): string {
  const option = /^Unknown option '(-[^' ]*)/.exec(reasonOf(error))?.[1]
  if (option === undefined) return firstSentence(reasonOf(error))
  const meant = nearestWord(
    option,
    names.map((name) => `--${name}`),
  )
  return `there is no option ${option}${meant === undefined ? "" : `; did you mean ${meant}?`}`
}

function firstSentence(text: string): string {
  const [first = text] = text.split(/\.\s|\n/)
  return first.charAt(0).toLowerCase() + first.slice(1)
}

/** The form of the command: its required flags, and that there are others. */
function usageOf(name: string, flags: Flags): string {
  const required = Object.entries(flags).filter(([, flag]) => isRequired(flag))
  const forms = required.map(([flagName, flag]) => `--${flagName} ${hintOf(flagName, flag)}`)
  const others = required.length < Object.keys(flags).length ? ["[FLAGS]"] : []
  return ["tina-session", name, ...forms, ...others].join(" ")
}
