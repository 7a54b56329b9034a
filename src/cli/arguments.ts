/**
 * The command line before citty sees it. Citty takes an option it does not know, a forgotten value and a
 * word too many without a word; here each is an error that names the likely meaning.
 */
import type { ArgDef, ArgsDef } from "citty"
import type { TinaError } from "../base/errors.ts"
import { nearestWord } from "../base/nearest.ts"
import { bareOption, findOption, isOption, optionNames, takesValue, valuesOf } from "./options.ts"
import { anyOf, usageError } from "./usage.ts"

/** Words of a command line, and what the command makes of them. */
export interface Line {
  /** Of the command. */
  readonly name: string
  readonly words: readonly string[]
  readonly args: ArgsDef
  /** Where these words stand, where that is not after the command's name: " (before status)". */
  readonly where?: string
}

/** TinaError `usage` for what the command does not know, does not get, or cannot use. */
export function checkArguments(name: string, words: readonly string[], args: ArgsDef): void {
  const line = { name, words, args }
  const { values, options } = readWords(line)
  const places = Object.entries(args).filter(([, { type }]) => type === "positional")
  const surplus = values[places.length]
  if (surplus !== undefined) throw usageError(name, `"${surplus}" is one argument too many`)
  for (const [index, [place, { required }]] of places.entries()) {
    if (required !== false && index >= values.length) {
      throw usageError(name, `${place.toUpperCase()} is missing`)
    }
  }
  for (const [option, definition] of Object.entries(args)) {
    if (definition.type !== "positional" && definition.required && !options.has(option)) {
      throw usageError(name, `--${option} is missing`)
    }
  }
  for (const option of options.values()) checkValue(line, option)
}

/** The same for options alone, whatever else there is. */
export function checkOptions(line: Line): void {
  readWords(line)
}

interface GivenOption {
  readonly name: string
  readonly definition: ArgDef
  /** Empty for an option that takes none. */
  readonly value: string
  /** The index of its first word, and how many it has. */
  readonly at: number
  readonly length: number
}

interface GivenWords {
  readonly values: readonly string[]
  readonly options: ReadonlyMap<string, GivenOption>
}

function readWords(line: Line): GivenWords {
  const { words } = line
  const values: string[] = []
  const options = new Map<string, GivenOption>()
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ""
    if (word === "--") return { values: [...values, ...words.slice(at + 1)], options }
    if (!isOption(word)) values.push(word)
    else {
      const option = readOption(line, at)
      const earlier = options.get(option.name)
      if (earlier !== undefined && option.value !== "") throw givenTwice(line, earlier, option)
      options.set(option.name, option)
      at += option.length - 1
    }
  }
  return { values, options }
}

function readOption(line: Line, at: number): GivenOption {
  const { name, words, args, where = "" } = line
  const word = words[at] ?? ""
  const bare = bareOption(word)
  const found = findOption(word, args)
  if (found === undefined) throw unknownOption(line, at)
  const inline = word === bare ? undefined : word.slice(bare.length + 1)
  const value = inline ?? words[at + 1]
  if (!takesValue(found.definition)) {
    if (inline === undefined) return { ...found, value: "", at, length: 1 }
    throw usageError(name, `${bare}${where} takes no value`, words.toSpliced(at, 1, bare))
  }
  if (inline === undefined && value?.startsWith("--")) {
    throw usageError(name, `${bare}${where} needs a value, but ${bareOption(value)} follows`)
  }
  if (!value) throw usageError(name, `${bare}${where} needs a value`)
  return { ...found, value, at, length: inline === undefined ? 2 : 1 }
}

/** Of a pair of values nobody can tell which is meant; the last is the likelier one. */
function givenTwice({ name, words }: Line, first: GivenOption, second: GivenOption) {
  const problem = `--${first.name} is given twice: "${first.value}" and "${second.value}"`
  return usageError(name, problem, words.toSpliced(first.at, first.length))
}

function checkValue(
  { name, words }: Line,
  { definition, value, at, length, ...option }: GivenOption,
) {
  const allowed = valuesOf(definition)
  if (allowed.length === 0 || allowed.includes(value)) return
  const near = nearestWord(value, allowed)
  const meant = near === undefined ? near : words.toSpliced(at, length, `--${option.name}`, near)
  throw usageError(name, `--${option.name} must be ${anyOf(allowed)}, not "${value}"`, meant)
}

/** Of the word at that index. */
export function unknownOption(line: Line, at: number): TinaError {
  const { name, words, where = "" } = line
  const bare = bareOption(words[at] ?? "")
  return usageError(name, `there is no option ${bare}${where}`, meantWords(line, at))
}

/** The words with the option put right, where it can be guessed. */
function meantWords({ words, args }: Line, at: number): readonly string[] | undefined {
  const word = words[at] ?? ""
  const short = word.slice(0, 2)
  if (!word.startsWith("--") && takesValue(findOption(short, args)?.definition)) {
    return words.toSpliced(at, 1, short, word.slice(2))
  }
  const bare = bareOption(word)
  const near = nearestWord(bare, optionNames(args))
  if (near === undefined) return undefined
  if (!takesValue(findOption(near, args)?.definition)) return words.toSpliced(at, 1, near)
  const next = words[at + 1]
  if (word === bare && (next === undefined || isOption(next))) return undefined
  return words.toSpliced(at, 1, near + word.slice(bare.length))
}
