/**
 * The command line before citty sees it. Citty takes an option it does not know, a forgotten value and a
 * word too many without a word; here each is an error that names the likely meaning.
 */
import type { ArgDef, ArgsDef } from "citty"
import { TinaError } from "../base/errors.ts"
import { logLevels } from "../base/log-level.ts"
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
  "log-level": {
    type: "enum",
    options: [...logLevels],
    valueHint: "level",
    description: "debug, info, warn or error",
  },
} as const satisfies ArgsDef

export interface SplitLine {
  /** Undefined where no command is named. */
  readonly name: string | undefined
  /** What is before the command and after it; all of it is before where there is none. */
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/** Finds the command: the first word that is neither an option nor an option's value. */
export function splitCommand(argv: readonly string[]): SplitLine {
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? ""
    if (word === "--") break
    if (!word.startsWith("-")) {
      return { name: word, before: argv.slice(0, i), after: argv.slice(i + 1) }
    }
    if (takesValue(findOption(word, globalArgs)?.definition) && !word.includes("=")) i++
  }
  return { name: undefined, before: argv, after: [] }
}

/** Whether the words before `--` ask for help. */
export function asksForHelp(rest: readonly string[]): boolean {
  const end = rest.indexOf("--")
  return rest.slice(0, end === -1 ? rest.length : end).some((word) => /^(-h|--help)$/.test(word))
}

/** TinaError `usage` for what the command does not know, does not get, or cannot use. */
export function checkArguments(name: string, words: readonly string[], args: ArgsDef): void {
  const { values, options } = readWords(name, words, args)
  const places = Object.entries(args).filter(([, { type }]) => type === "positional")
  const surplus = values[places.length]
  if (surplus !== undefined) throw usage(name, `"${surplus}" is one argument too many`)
  for (const [index, [place, { required }]] of places.entries()) {
    if (required !== false && index >= values.length) {
      throw usage(name, `${place.toUpperCase()} is missing`)
    }
  }
  for (const [option, definition] of Object.entries(args)) {
    if (definition.type !== "positional") checkOption(name, option, { definition, options })
  }
}

interface GivenWords {
  readonly values: readonly string[]
  /** By name; an option without a value has an empty text. */
  readonly options: ReadonlyMap<string, string>
}

function readWords(name: string, words: readonly string[], args: ArgsDef): GivenWords {
  const values: string[] = []
  const options = new Map<string, string>()
  const queue = [...words]
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === "--") values.push(...queue.splice(0))
    else if (!isOption(word)) values.push(word)
    else {
      const option = findOption(word, args)
      if (option === undefined) throw unknownOption(name, word, args)
      options.set(option.name, takesValue(option.definition) ? valueOf(name, word, queue) : "")
      if (!takesValue(option.definition) && word.includes("=")) {
        throw usage(name, `--${option.name} takes no value`)
      }
    }
  }
  return { values, options }
}

function valueOf(name: string, word: string, queue: string[]): string {
  const value = word.includes("=") ? word.slice(word.indexOf("=") + 1) : queue.shift()
  if (value !== undefined && value !== "" && !value.startsWith("--")) return value
  throw usage(name, `${word.replace(/=.*$/s, "")} needs a value`)
}

interface OptionCheck {
  readonly definition: ArgDef
  readonly options: ReadonlyMap<string, string>
}

function checkOption(name: string, option: string, { definition, options }: OptionCheck): void {
  const value = options.get(option)
  if (value === undefined && definition.required) throw usage(name, `--${option} is missing`)
  const allowed = valuesOf(definition)
  if (value === undefined || allowed.length === 0 || allowed.includes(value)) return
  throw usage(name, `--${option} must be ${allowed.join(" or ")}, not "${value}"`)
}

/** What an option may be, where that is a short list. */
export function valuesOf(definition: ArgDef): readonly string[] {
  return definition.type === "enum" ? (definition.options ?? []) : []
}

function isOption(word: string): boolean {
  return word.startsWith("-") && word !== "-"
}

export function takesValue(definition: ArgDef | undefined): boolean {
  return definition?.type === "string" || definition?.type === "enum"
}

function findOption(word: string, args: ArgsDef) {
  const bare = word.replace(/=.*$/s, "")
  for (const [name, definition] of Object.entries(args)) {
    if (definition.type === "positional") continue
    const short = aliasesOf(definition).map((alias) => `-${alias}`)
    if (bare === `--${name}` || short.includes(bare)) return { name, definition }
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

function usage(name: string, problem: string, meant?: string): TinaError {
  const hint = `tina-daemon ${name} ${meant ?? "--help"}`
  const what = name === "run" ? "tina-daemon" : name
  return new TinaError("usage", `cannot run ${what}: ${problem}`, { hint })
}
