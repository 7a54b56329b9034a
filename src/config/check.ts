/**
 * Checking the layered settings against the schema, and saying what is wrong in the words of whoever wrote
 * it: with file, line and column, with the variable or the flag, and with the name they probably meant.
 */
import type { z } from "zod"
import { TinaError } from "../base/errors.ts"
import { nearestWord } from "../base/nearest.ts"
import { describeSettings } from "./describe.ts"
import { isTable, settingError, type ConfigFile } from "./file.ts"
import type { Layers } from "./layers.ts"
import { profileNames, profileSchema } from "./profiles.ts"
import { settingsSchema, type Settings } from "./schema.ts"

/** zod compiles a check when it is first used; for one use that costs more than it saves. */
const usedOnce = { jitless: true }

/** The settings with defaults filled in. TinaError `config` for the first thing that is wrong. */
export function checkSettings(layers: Layers, file: ConfigFile | undefined): Settings {
  if (file !== undefined) checkProfiles(file)
  const result = settingsSchema.safeParse(layers.table, usedOnce)
  if (result.success) return result.data
  throw problemOf(result.error, { layers, file })
}

/** The profiles that are not in use too: a mistake there would wait for the day they are. */
function checkProfiles(file: ConfigFile): void {
  for (const name of profileNames) {
    const result = profileSchema.safeParse(file.table[name] ?? {}, usedOnce)
    if (result.success) continue
    const [issue] = result.error.issues
    if (issue !== undefined) throw issueInFile(file, issue, [name])
  }
}

interface Origin {
  readonly layers: Layers
  readonly file: ConfigFile | undefined
}

function problemOf(error: z.ZodError, { layers, file }: Origin): TinaError {
  const [issue] = error.issues
  if (issue === undefined) throw error
  const path = issue.path.map(String)
  const source = layers.sources.get(path.join("."))
  if (source !== undefined && (source.from === "environment" || source.from === "flag")) {
    const hint = source.from === "flag" ? "tina-daemon run --help" : `unset ${source.name}`
    return new TinaError("config", `cannot read ${source.name}: it ${issue.message}`, { hint })
  }
  if (file === undefined) throw error
  return issueInFile(file, issue, source?.from === "profile" ? [layers.profile] : [])
}

function issueInFile(
  file: ConfigFile,
  issue: z.core.$ZodIssue,
  within: readonly string[],
): TinaError {
  const path = [...within, ...issue.path.map(String)]
  const [list = "", number, ...rest] = issue.path
  if (typeof number === "number")
    return issueInList(file, issue, { list: String(list), number, rest })
  if (issue.code === "unrecognized_keys") return unknownKey(file, path, issue.keys[0] ?? "")
  return settingError(file, path, `${path.join(".")} ${issue.message}`)
}

interface ListPlace {
  readonly list: string
  readonly number: number
  readonly rest: readonly PropertyKey[]
}

/** The rule is called by its name: 'rule "on-fail": action.type must be …'. */
function issueInList(
  file: ConfigFile,
  issue: z.core.$ZodIssue,
  { list, number, rest }: ListPlace,
): TinaError {
  const items = file.table[list]
  const item: unknown = Array.isArray(items) ? items[number] : undefined
  const { id, name = id } = isTable(item) ? item : {}
  const called = typeof name === "string" ? `"${name}"` : `${number + 1}`
  const setting = rest.map(String)
  const isUnknown = issue.code === "unrecognized_keys"
  const key = isUnknown ? (issue.keys[0] ?? "") : ""
  const problem = isUnknown
    ? `there is no setting ${[...setting, key].join(".")}`
    : `${setting.join(".")} ${issue.message}`.trimStart()
  const path = [list, `${number}`, ...setting, ...(isUnknown ? [key] : [])]
  return settingError(file, path, `${list} ${called}: ${problem}`)
}

function unknownKey(file: ConfigFile, table: readonly string[], key: string): TinaError {
  const meant = nearestWord(key, knownNames(table))
  const question = meant === undefined ? "" : `; did you mean ${meant}?`
  const path = [...table, key]
  return settingError(file, path, `there is no setting ${path.join(".") || '""'}${question}`)
}

function knownNames([table]: readonly string[]): readonly string[] {
  if (profileNames.some((name) => name === table)) return Object.keys(profileSchema.shape)
  const prefix = table === undefined ? "" : `${table}.`
  const keys = describeSettings().map(({ key }) => key)
  const below = keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length))
  return table === undefined
    ? [...below, ...Object.keys(settingsSchema.shape), ...profileNames]
    : below
}
