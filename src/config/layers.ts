/**
 * Laying the sources of settings over each other: flag, environment, profile, file. The result is still
 * unchecked; for each setting it is known where it came from.
 */
import { TinaError } from "../base/errors.ts"
import { nearestWord } from "../base/nearest.ts"
import { isTable, settingError, type ConfigFile } from "./file.ts"
import { profileAliases, profileNames, type ProfileName } from "./profiles.ts"
import { readVariable, type Surroundings } from "./surroundings.ts"
import type { TomlTable } from "./toml.ts"

/** Flags of the command line; one that is not given, or is empty, says nothing. */
export interface ConfigFlags {
  readonly config?: string | undefined
  readonly env?: string | undefined
  readonly local?: boolean | undefined
  readonly stateDir?: string | undefined
  readonly httpPort?: number | undefined
  readonly nodeName?: string | undefined
  readonly logLevel?: string | undefined
}

export type Source =
  | { readonly from: "flag" | "environment" | "profile" | "file"; readonly name: string }
  | { readonly from: "default" }

export interface Layers {
  readonly profile: ProfileName
  readonly table: TomlTable
  /** By dotted setting. One that is absent has its default. */
  readonly sources: ReadonlyMap<string, Source>
}

export interface LayerInput {
  readonly flags: ConfigFlags
  readonly around: Surroundings
  readonly file: ConfigFile | undefined
}

interface Layer {
  readonly from: "flag" | "environment" | "profile" | "file"
  /** Names the place of a setting, given its dotted key: `--local`, `TINA_NODE_NAME`, a path. */
  readonly nameOf: (key: string) => string
  readonly table: TomlTable
}

const environmentNames = {
  convex_url: "TINA_CONVEX_URL",
  auth_token: "TINA_AUTH_TOKEN",
  node_name: "TINA_NODE_NAME",
  http_port: "TINA_HTTP_PORT",
} as const

const flagNames: Readonly<Record<string, string>> = {
  convex_url: "--local",
  http_port: "--http-port",
  node_name: "--node-name",
  "log.level": "--log-level",
}

/** The environment variable that sets this setting, if there is one. */
export function variableOf(key: string): string | undefined {
  const names: Readonly<Record<string, string>> = { ...environmentNames, active_env: "TINA_ENV" }
  return names[key]
}

export function layerSettings(input: LayerInput): Layers {
  const profile = chooseProfile(input)
  const layers = [...fileLayers(input.file, profile), environmentLayer(input), flagLayer(input)]
  const sources = new Map<string, Source>()
  let table: TomlTable = {}
  for (const layer of layers) {
    table = layOver(table, layer.table)
    for (const key of dottedKeys(layer.table)) {
      sources.set(key, { from: layer.from, name: layer.nameOf(key) })
    }
  }
  return { profile, table, sources }
}

/** `--env`, else TINA_ENV, else `active_env`, else prod. */
function chooseProfile({ flags, around, file }: LayerInput): ProfileName {
  const written = file?.table["active_env"]
  const fromFile = typeof written === "string" ? written : undefined
  const asked = flags.env || readVariable(around, "TINA_ENV") || fromFile || "prod"
  const name = profileAliases[asked] ?? asked
  const known = profileNames.find((candidate) => candidate === name)
  if (known !== undefined) return known
  throw unknownProfile({ flags, around, file }, asked)
}

function unknownProfile({ flags, around, file }: LayerInput, asked: string): TinaError {
  const names = profileNames.join(" or ")
  const meant = nearestWord(asked, [...profileNames, ...Object.keys(profileAliases)])
  const problem = `there is no profile "${asked}", only ${names}`
  const fromFile = !flags.env && readVariable(around, "TINA_ENV") === undefined
  if (fromFile && file !== undefined) return settingError(file, ["active_env"], problem)
  const hint = `tina-daemon --env ${meant ?? profileNames[0]}`
  return new TinaError("config", `cannot choose a profile: ${problem}`, { hint })
}

function fileLayers(file: ConfigFile | undefined, profile: ProfileName): readonly Layer[] {
  if (file === undefined) return []
  const settings = Object.entries(file.table).filter(([key]) => !isProfileName(key))
  const own = file.table[profile]
  return [
    { from: "file", nameOf: () => file.path, table: Object.fromEntries(settings) },
    { from: "profile", nameOf: () => `[${profile}]`, table: isTable(own) ? own : {} },
  ]
}

export function isProfileName(key: string): key is ProfileName {
  return profileNames.some((name) => name === key)
}

function environmentLayer({ around }: LayerInput): Layer {
  const entries = Object.entries(environmentNames).flatMap(([key, name]) => {
    const value = readVariable(around, name)
    return value === undefined ? [] : [[key, key === "http_port" ? toNumber(value) : value]]
  })
  const nameOf = (key: string) => variableOf(key) ?? key
  return { from: "environment", nameOf, table: Object.fromEntries(entries) }
}

function toNumber(value: string): number | string {
  return /^\d+$/.test(value) ? Number(value) : value
}

function flagLayer({ flags }: LayerInput): Layer {
  const table = {
    ...(flags.local === true && { convex_url: "local" }),
    ...(flags.httpPort !== undefined && { http_port: flags.httpPort }),
    ...(flags.nodeName && { node_name: flags.nodeName }),
    ...(flags.logLevel && { log: { level: flags.logLevel } }),
  }
  return { from: "flag", nameOf: (key) => flagNames[key] ?? key, table }
}

const tokenNames = ["auth_token", "page_token"] as const

/**
 * A layer that brings a token of either form replaces both: a lower layer's must not win by its form.
 */
function layOver(lower: TomlTable, upper: TomlTable): TomlTable {
  const replaced = tokenNames.filter((name) => name in upper || `${name}_env` in upper)
  const kept = Object.entries(lower).filter(
    ([key]) => !replaced.some((name) => key === name || key === `${name}_env`),
  )
  const merged: Record<string, unknown> = Object.fromEntries(kept)
  for (const [key, value] of Object.entries(upper)) {
    const below = merged[key]
    merged[key] = isTable(below) && isTable(value) ? layOver(below, value) : value
  }
  return merged
}

function dottedKeys(table: TomlTable): readonly string[] {
  return Object.entries(table).flatMap(([key, value]) =>
    isTable(value) ? dottedKeys(value).map((below) => `${key}.${below}`) : [key],
  )
}
