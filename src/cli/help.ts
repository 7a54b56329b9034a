/** The help pages: the program's, and one for each command. */
import type { ArgDef, ArgsDef } from "citty"
import { exitCodes } from "../base/errors.ts"
import { aliasesOf, globalArgs, valuesOf } from "./options.ts"
import type { CommandHelp } from "./command.ts"
import { commandEntries } from "./commands.ts"
import type { CommandGroup } from "./commands.ts"
import { type PageLayout, renderDefinitions, wrapText } from "./print/definitions.ts"
import { anyOf } from "./usage.ts"

const groupTitles: readonly (readonly [CommandGroup, string])[] = [
  ["See", "See what is going on"],
  ["Run", "Run it"],
  ["Ask", "Ask it anything"],
  ["More", "More"],
]

const environment = [
  ["TINA_CONVEX_URL", "Address of the Convex deployment"],
  ["TINA_AUTH_TOKEN", "This node's token for it"],
  ["TINA_NODE_NAME", "Name of this machine"],
  ["TINA_ENV", "Profile of the config file"],
  ["TINA_HTTP_PORT", "Port of the page on 127.0.0.1"],
  ["TINA_STATE_DIR", "Where the daemon keeps its files"],
  ["CLAUDE_CONFIG_DIR", "Claude Code's directory"],
  ["NO_COLOR, FORCE_COLOR", "Turn colours off, or on where there is no terminal"],
] as const

const always = [
  ["-h, --help", "This page; after a command, that command's"],
  ["-V, --version", "The version"],
] as const

export function programHelp(version: string, layout: PageLayout): string {
  const { paint, columns } = layout
  const groups = groupTitles.flatMap(([group, title]) => {
    const rows = commandEntries
      .filter(([, entry]) => entry.group === group)
      .map(([name, { summary }]) => [name, summary] as const)
    return section(title, rows, layout)
  })
  return page([
    ...wrapText(
      `${paint("bold", "tina-daemon")} ${version}  Shows what teams of coding agents do, live, and carries out what you decide.`,
      columns,
    ),
    "",
    `${paint("bold", "Usage")}  tina-daemon [options] [command]`,
    "",
    `  ${paint("cyan", "tina-daemon --local")}         run it here: no account, no network`,
    `  ${paint("cyan", "tina-daemon tasks --watch")}   follow what the agents do`,
    "",
    ...groups,
    ...section("Options", [...optionRows(globalArgs), ...always], layout),
    ...section("Environment", environment, layout),
    ...section(
      "Exit codes",
      exitCodes.map(([code, meaning]) => [`${code}`, meaning] as const),
      layout,
    ),
    paint("dim", "tina-daemon COMMAND --help shows the options of a command and examples."),
  ])
}

export function commandHelp(help: CommandHelp, summary: string, layout: PageLayout): string {
  const { paint, columns } = layout
  const usage = help.usage ?? positionals(help.args)
  const options = optionRows(help.args)
  const parts = ["tina-daemon", help.name, usage, options.length === 0 ? "" : "[options]"]
  const line = parts.filter((part) => part !== "").join(" ")
  const examples = (help.examples ?? []).map(
    ([text, meaning]) => [`tina-daemon ${text}`, meaning] as const,
  )
  return page([
    ...wrapText(summary, columns),
    "",
    `${paint("bold", "Usage")}  ${line}`,
    "",
    ...(help.details === undefined ? [] : [...wrapText(help.details, columns), ""]),
    ...section("Commands", help.commands ?? [], layout),
    ...section("Arguments", argumentRows(help.args), layout),
    ...section("Options", options, layout),
    ...section("Examples", examples, layout),
  ])
}

function section(
  title: string,
  pairs: readonly (readonly [string, string])[],
  layout: PageLayout,
): string[] {
  if (pairs.length === 0) return []
  return [layout.paint("bold", title), ...renderDefinitions(pairs, layout), ""]
}

function optionRows(args: ArgsDef): (readonly [string, string])[] {
  return Object.entries(args)
    .filter(([, { type }]) => type !== "positional")
    .map(([name, definition]) => [optionName(name, definition), optionMeaning(definition)])
}

/** With the values, where there are a few. */
function optionMeaning(definition: ArgDef): string {
  const values = valuesOf(definition)
  const { description = "" } = definition
  return values.length === 0 ? description : `${description}: ${anyOf(values)}`
}

function argumentRows(args: ArgsDef): (readonly [string, string])[] {
  return Object.entries(args)
    .filter(([, { type }]) => type === "positional")
    .map(([name, { description }]) => [name.toUpperCase(), description ?? ""])
}

/** "-n, --lines COUNT". */
function optionName(name: string, definition: ArgDef): string {
  const value =
    definition.type === "boolean" ? "" : ` ${(definition.valueHint ?? name).toUpperCase()}`
  return [...aliasesOf(definition).map((alias) => `-${alias}`), `--${name}${value}`].join(", ")
}

function positionals(args: ArgsDef): string {
  return Object.entries(args)
    .filter(([, { type }]) => type === "positional")
    .map(([name, { required }]) =>
      required === false ? `[${name.toUpperCase()}]` : name.toUpperCase(),
    )
    .join(" ")
}

function page(lines: readonly string[]): string {
  return `${lines.join("\n").trimEnd()}\n`
}
