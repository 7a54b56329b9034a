/** The options of the daemon itself: as arguments, as flags of the configuration, and as words again. */
import { resolve } from "node:path"
import { parseArgs } from "citty"
import type { ParsedArgs } from "citty"
import { TinaError } from "../base/errors.ts"
import type { ConfigFlags } from "../config/layers.ts"
import { expandHome } from "../config/paths.ts"
import type { Surroundings } from "../config/surroundings.ts"
import { globalArgs } from "./options.ts"

export const runArgs = {
  ...globalArgs,
  "http-port": { type: "string", valueHint: "port", description: "Port of the page on 127.0.0.1" },
  "node-name": { type: "string", valueHint: "name", description: "Name of this machine" },
} as const

export type RunArgs = ParsedArgs<typeof runArgs>

/** TinaError `usage` for a port that is none. */
export function runFlags(args: RunArgs): ConfigFlags {
  return {
    config: args.config,
    env: args.env,
    local: args.local,
    stateDir: args["state-dir"],
    logLevel: args["log-level"],
    nodeName: args["node-name"],
    httpPort: parsePort(args["http-port"]),
  }
}

function parsePort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new TinaError("usage", `cannot use --http-port ${text}: it must be from 0 to 65535`, {
    hint: "tina-daemon --http-port 0 (a free one)",
  })
}

/** From words that `runWords` gave. */
export function parseRunWords(words: readonly string[]): RunArgs {
  return parseArgs<typeof runArgs>([...words], runArgs)
}

/** What was given of them, as words that mean the same from any directory: `--local`, `--env=dev`. */
export function runWords(args: Partial<RunArgs>, around: Surroundings): string[] {
  const isPath = (name: string) => name === "config" || name === "state-dir"
  return Object.keys(runArgs).flatMap((name) => {
    const value = args[name]
    if (value === true) return [`--${name}`]
    if (typeof value !== "string") return []
    return [`--${name}=${isPath(name) ? resolve(expandHome(value, around.home)) : value}`]
  })
}
