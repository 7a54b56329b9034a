/**
 * The command line before citty sees it. Citty takes an option it does not know, a forgotten value and a
 * word too many without a word; here each is an error that names the likely meaning.
 */
import type { ArgDef, ArgsDef } from "citty"
import { TinaError } from "../base/errors.ts"
import { nearestWord } from "../base/nearest.ts"

/** Options that may stand before the command, and belong to it. */
export const globalArgs = {
  config: { type: "string", valueHint: "path", description: "Config file to read" },
  env: { type: "string", valueHint: "profile", description: "Profile of the config file" },
  local: {
    type: "boolean",
    description: "Use a deployment on this machine: no account, no network",
  },
  "state-dir": {
    type: "string",
    valueHint: "dir",
    description: "Where the daemon keeps its files",
  },
  "log-level": { type: "string", valueHint: "level", description: "debug, info, warn or error" },
} as const satisfies ArgsDef

export interface SplitLine {
  /** Undefined where no command is named. */
  readonly name: string | undefined
  /** Everything else, in order. */
  readonly rest: readonly string[]
}

/** Finds the command: the first word that is neither an option nor an option's value. */
export function splitCommand(argv: readonly string[]): SplitLine {
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? ""
    if (word === "--") break
    if (!word.startsWith("-")) return { name: word, rest: argv.toSpliced(i, 1) }
    if (takesValue(findOption(word, globalArgs)?.definition) && !word.includes("=")) i++
  }
  return { name: undefined, rest: argv }
}

/** Whether the words before `--` ask for help. */
export function asksForHelp(rest: readonly string[]): boolean {
  const end = rest.indexOf("--")
  return rest.slice(0, end === -1 ? rest.length : end).some((word) => /^(-h|--help)$/.test(word))
}

/** TinaError `usage` for what the command does not know or does not get. */
export function checkArguments(name: string, words: readonly string[], args: ArgsDef): void {
  const places = Object.values(args).filter(({ type }) => type === "positional").length
  let given = 0
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ""
    if (word === "--") given += words.length - i - 1
    if (given > places) throw tooMany(name, word)
    if (word === "--") return
    if (!isOption(word)) {
      if (++given > places) throw tooMany(name, word)
      continue
    }
    const option = findOption(word, args)
    if (option === undefined) throw unknownOption(name, word, args)
    if (!takesValue(option.definition)) continue
    const value = word.includes("=") ? word.slice(word.indexOf("=") + 1) : words[++i]
    if (value === undefined || value === "" || value.startsWith("--")) {
      throw usage(name, `${option.name} needs a value`)
    }
  }
}

function isOption(word: string): boolean {
  return word.startsWith("-") && word !== "-"
}

function takesValue(definition: ArgDef | undefined): boolean {
  return definition?.type === "string" || definition?.type === "enum"
}

function findOption(word: string, args: ArgsDef) {
  const bare = word.replace(/=.*$/s, "")
  for (const [name, definition] of Object.entries(args)) {
    if (definition.type === "positional") continue
    const short = aliasesOf(definition).map((alias) => `-${alias}`)
    if (bare === `--${name}` || short.includes(bare)) return { name: `--${name}`, definition }
  }
  return undefined
}

export function aliasesOf(definition: ArgDef): string[] {
  return "alias" in definition ? [definition.alias ?? []].flat() : []
}

function unknownOption(name: string, word: string, args: ArgsDef): TinaError {
  const options = Object.entries(args)
    .filter(([, { type }]) => type !== "positional")
    .map(([option]) => `--${option}`)
  const bare = word.replace(/=.*$/s, "")
  return usage(name, `there is no option ${bare}`, nearestWord(bare, options))
}

function tooMany(name: string, word: string): TinaError {
  return usage(name, `"${word}" is one argument too many`)
}

function usage(name: string, problem: string, meant?: string): TinaError {
  const hint = `tina-daemon ${name} ${meant ?? "--help"}`
  return new TinaError("usage", `cannot run ${name}: ${problem}`, { hint })
}
