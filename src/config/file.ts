/**
 * Finding and reading the config file. It checks who else may read a file that holds a token, and knows
 * how to say where in the file something is.
 */
import { existsSync, statSync } from "node:fs"
import { resolve } from "node:path"
import { TinaError } from "../base/errors.ts"
import { readFileLimited } from "../base/files.ts"
import { describeSettings } from "./describe.ts"
import { configFileCandidates, expandHome } from "./paths.ts"
import { profileNames } from "./profiles.ts"
import type { Surroundings } from "./surroundings.ts"
import {
  locateSetting,
  parseToml,
  settingOnLine,
  type TextPosition,
  type TomlTable,
} from "./toml.ts"

export interface ConfigFile {
  readonly path: string
  readonly text: string
  /** Settings that are empty text are left out: they count as missing. */
  readonly table: TomlTable
}

const secrets = ["auth_token", "page_token"]
const maxConfigBytes = 1024 * 1024

/** The config file that is named, else the first that exists, else undefined. TinaError `config`. */
export function readConfigFile(around: Surroundings, named?: string): ConfigFile | undefined {
  const path = chooseFile(around, named)
  if (path === undefined) return undefined
  const text = readText(path)
  const outcome = parseToml(text)
  if (!outcome.ok) {
    const name = knownSettingAt(text, outcome.position)
    const problem = name === undefined ? outcome.problem : `${name}: ${outcome.problem}`
    throw fileError(path, problem, outcome.position)
  }
  const table = withoutEmptyText(outcome.value)
  if (holdsSecret(table)) requirePrivate(path)
  return { path, text, table }
}

/** An error about one setting of the file: "cannot read PATH:LINE:COLUMN: PROBLEM". */
export function settingError(
  file: ConfigFile,
  path: readonly string[],
  problem: string,
): TinaError {
  return fileError(file.path, problem, locateSetting(file.text, path))
}

/** Nothing that is not a setting's name is repeated: it may be a token that was pasted in the wrong place. */
function knownSettingAt(text: string, { line }: TextPosition): string | undefined {
  const name = settingOnLine(text, line)
  const own = name?.replace(new RegExp(`^(${profileNames.join("|")})\\.`), "")
  return describeSettings().some(({ key }) => key === own) ? name : undefined
}

function fileError(path: string, problem: string, at: TextPosition | undefined): TinaError {
  const place = at === undefined ? path : `${path}:${at.line}:${at.column}`
  return new TinaError("config", `cannot read ${place}: ${problem}`, { hint: `$EDITOR ${path}` })
}

function chooseFile(around: Surroundings, named: string | undefined): string | undefined {
  if (named === undefined || named === "") return configFileCandidates(around).find(existsSync)
  return resolve(expandHome(named, around.home))
}

function readText(path: string): string {
  const outcome = readFileLimited(path, maxConfigBytes)
  switch (outcome.status) {
    case "read":
      return decodeText(path, outcome.bytes)
    case "missing":
      throw fileError(path, "there is no such file", undefined)
    case "too_large":
      throw fileError(path, `it is larger than ${outcome.limit} bytes`, undefined)
    case "unreadable":
      throw fileError(path, outcome.reason, undefined)
  }
}

function decodeText(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    throw fileError(path, "it is not UTF-8 text", undefined)
  }
}

function withoutEmptyText(table: TomlTable): TomlTable {
  const filled = Object.entries(table).filter(([, value]) => value !== "")
  return Object.fromEntries(
    filled.map(([key, value]) => [key, isTable(value) ? withoutEmptyText(value) : value]),
  )
}

export function isTable(value: unknown): value is TomlTable {
  return Object.prototype.toString.call(value) === "[object Object]"
}

function holdsSecret(table: TomlTable): boolean {
  const tables = [table, ...profileNames.map((name) => table[name])]
  return tables.some((candidate) => isTable(candidate) && secrets.some((name) => name in candidate))
}

function requirePrivate(path: string): void {
  const mode = statSync(path).mode & 0o777
  if ((mode & 0o077) === 0) return
  const problem = `others may read it (mode ${mode.toString(8).padStart(4, "0")}), and it holds a token`
  throw new TinaError("config", `cannot use ${path}: ${problem}`, { hint: `chmod 600 ${path}` })
}
