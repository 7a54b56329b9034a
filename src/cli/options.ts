/** What an option is: those that may stand before every command, and how a word names one. */
import type { ArgDef, ArgsDef } from "citty"
import { logLevels } from "../base/log-level.ts"

/** What may stand before the command, and belong to it. */
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
    description: "The least severe lines that are logged",
  },
} as const satisfies ArgsDef

/** How a line asks for help, wherever a command's options may stand. */
export const helpArgs = { help: { type: "boolean", alias: "h" } } as const satisfies ArgsDef

/** As they are written. */
export function optionNames(args: ArgsDef): string[] {
  return Object.entries(args)
    .filter(([, { type }]) => type !== "positional")
    .map(([option]) => `--${option}`)
}

/** What an option may be, where that is a short list. */
export function valuesOf(definition: ArgDef): readonly string[] {
  return definition.type === "enum" ? (definition.options ?? []) : []
}

export function isOption(word: string): boolean {
  return word.startsWith("-") && word !== "-"
}

export function takesValue(definition: ArgDef | undefined): boolean {
  return definition?.type === "string" || definition?.type === "enum"
}

/** Without what follows `=`. */
export function bareOption(word: string): string {
  return word.replace(/=.*$/s, "")
}

export function findOption(word: string, args: ArgsDef) {
  const bare = bareOption(word)
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
