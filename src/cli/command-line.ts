/**
 * Which command the words of a line name, and what is wrong with a line that names none. An option that no
 * command may have before it must not make its value pass for the command: it is named instead.
 */
import type { ArgsDef } from "citty"
import { TinaError } from "../base/errors.ts"
import { nearestWord } from "../base/nearest.ts"
import { checkOptions, unknownOption } from "./arguments.ts"
import type { Command } from "./command.ts"
import { findOption, isOption, takesValue } from "./options.ts"
import { usageError } from "./usage.ts"

export interface SplitLine {
  /** Undefined where no command is named. */
  readonly name: string | undefined
  /** What is before the command and after it; all of it is before where there is none. */
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/** Finds the command: the first word that is neither an option nor the value of one of `args`. */
export function splitCommand(words: readonly string[], args: ArgsDef): SplitLine {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ""
    if (word === "--") break
    if (!isOption(word)) {
      return { name: word, before: words.slice(0, at), after: words.slice(at + 1) }
    }
    if (hasValueAfter(word, args)) at++
  }
  return { name: undefined, before: words, after: [] }
}

/** Whether the words before `--` ask for help. */
export function asksForHelp(words: readonly string[]): boolean {
  return includesOption(words, /^(-h|--help)$/)
}

export function asksForVersion(words: readonly string[]): boolean {
  return includesOption(words, /^(-V|--version)$/)
}

function includesOption(words: readonly string[], form: RegExp): boolean {
  const end = words.indexOf("--")
  return words.slice(0, end === -1 ? words.length : end).some((word) => form.test(word))
}

/** TinaError `usage` for what stands before the command's name and is no option of it. */
export function checkBefore(name: string, words: readonly string[], { help }: Command): void {
  checkOptions({ name: help.name, words, args: help.args, where: ` (before ${name})` })
}

/** The commands among which a line chooses: the program's, or those below one of them. */
export interface Choice {
  /** What stands before their names: nothing, or the command to which they belong. */
  readonly path: readonly string[]
  readonly commands: ReadonlyMap<string, { readonly load: () => Promise<Command> }>
  /** What may stand before any of them. */
  readonly args: ArgsDef
}

/** TinaError `usage` for a line without a command in which one passes for the value of an option. */
export function checkSwallowed({ before }: SplitLine, { commands, args }: Choice): void {
  for (const [at, word] of before.entries()) {
    const value = before[at + 1] ?? ""
    if (word === "--") return
    if (hasValueAfter(word, args) && commands.has(value)) {
      const otherwise = `if "${value}" is it: ${word}=${value}`
      throw usageError(value, `${word} (before ${value}) needs a value; ${otherwise}`)
    }
  }
}

/** What is wrong with a line whose command there is not. */
export async function wrongCommand(line: SplitLine, choice: Choice): Promise<TinaError> {
  const { before, after } = line
  const name = line.name ?? ""
  const at = before.findIndex((word) => isOption(word) && !isKnown(word, choice.args))
  const place = after.findIndex((word) => choice.commands.has(word))
  const words = [...before, name, ...(place === -1 ? after : after.toSpliced(place, 1))]
  if (at === -1) return noSuchCommand(name, choice)
  const later = choice.commands.get(after[place] ?? "")
  if (later === undefined) return await wrongBefore({ name, words, at }, choice)
  const { help } = await later.load()
  if (findOption(words[at] ?? "", help.args) === undefined) {
    return unknownOption({ ...help, words, where: ` (before ${name})` }, at)
  }
  return usageError(help.name, `${words[at]} must stand after ${after[place]}`, words)
}

interface WrongLine {
  /** Where the command should be. */
  readonly name: string
  readonly words: readonly string[]
  /** The index of the option that may not be there. */
  readonly at: number
}

/** It is the name that is wrong if the command that it resembles has the option. */
async function wrongBefore({ name, words, at }: WrongLine, choice: Choice): Promise<TinaError> {
  const { path, commands, args } = choice
  const near = commands.get(nearestWord(name, commands.keys()) ?? "")
  const nearArgs = (await near?.load())?.help.args ?? {}
  if (findOption(words[at] ?? "", nearArgs) !== undefined) return noSuchCommand(name, choice)
  const above = path.length === 0 ? "run" : path.join(" ")
  return unknownOption({ name: above, words, args, where: ` (before ${name})` }, at)
}

function noSuchCommand(name: string, { path, commands }: Choice): TinaError {
  const what = [...path, name === "" ? '""' : name].join(" ")
  const hint = ["tina-daemon", ...path, nearestWord(name, commands.keys()) ?? "--help"].join(" ")
  return new TinaError("usage", `cannot run ${what}: there is no such command`, { hint })
}

function isKnown(word: string, args: ArgsDef): boolean {
  return findOption(word, args) !== undefined || asksForHelp([word])
}

function hasValueAfter(word: string, args: ArgsDef): boolean {
  return takesValue(findOption(word, args)?.definition) && !word.includes("=")
}
