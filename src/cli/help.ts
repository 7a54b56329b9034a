/** The help pages: the program's, and one for each command. */
import type { ArgDef, ArgsDef } from "citty"
import { exitCodes } from "../base/errors.ts"
import { aliasesOf, globalArgs } from "./options.ts"
import type { CommandHelp } from "./command.ts"
import { commandEntries } from "./commands.ts"
import type { CommandGroup } from "./commands.ts"
import type { Paint } from "./output.ts"
import { renderTable } from "./print/table.ts"

export interface HelpLayout {
  readonly paint: Paint
  /** Of the terminal. */
  readonly columns: number
}

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
  ["TINA_STATE_DIR", "Where the daemon keeps its files"],
  ["CLAUDE_CONFIG_DIR", "Claude Code's directory"],
  ["NO_COLOR, FORCE_COLOR", "Turn colours off, or on where there is no terminal"],
] as const

export function programHelp(version: string, layout: HelpLayout): string {
  const { paint } = layout
  const groups = groupTitles.flatMap(([group, title]) => {
    const rows = commandEntries
      .filter(([, entry]) => entry.group === group)
      .map(([name, { summary }]) => [name, summary] as const)
    return section(title, rows, layout)
  })
  return page([
    `${paint("bold", "tina-daemon")} ${version}  Shows what teams of coding agents do, live, and carries out what you decide.`,
    "",
    `${paint("bold", "Usage")}  tina-daemon [options] [command]`,
    "",
    `  ${paint("cyan", "tina-daemon --local")}         run it here: no account, no network`,
    `  ${paint("cyan", "tina-daemon tasks --watch")}   follow what the agents do`,
    "",
    ...groups,
    ...section("Options", optionRows(globalArgs), layout),
    ...section("Environment", environment, layout),
    ...section(
      "Exit codes",
      exitCodes.map(([code, meaning]) => [`${code}`, meaning]),
      layout,
    ),
    paint("dim", "tina-daemon COMMAND --help shows the options of a command and examples."),
  ])
}

export function commandHelp(help: CommandHelp, summary: string, layout: HelpLayout): string {
  const { paint } = layout
  const usage = help.usage ?? positionals(help.args)
  const line = ["tina-daemon", help.name, usage, "[options]"]
    .filter((part) => part !== "")
    .join(" ")
  const examples = (help.examples ?? []).map(([text, meaning]) => [`tina-daemon ${text}`, meaning])
  return page([
    summary,
    "",
    `${paint("bold", "Usage")}  ${line}`,
    "",
    ...(help.details === undefined ? [] : [help.details, ""]),
    ...section("Arguments", argumentRows(help.args), layout),
    ...section("Options", optionRows(help.args), layout),
    ...section("Examples", examples, layout),
  ])
}

function section(
  title: string,
  rows: readonly (readonly string[])[],
  { paint, columns }: HelpLayout,
): string[] {
  if (rows.length === 0) return []
  const cells = rows.map(([name = "", text = ""]) => [
    { text: name, colour: "cyan" } as const,
    text,
  ])
  const layout = { paint, columns, indent: 2, titles: false }
  return [
    paint("bold", title),
    ...renderTable([{ title: "" }, { title: "", flexible: true }], cells, layout),
    "",
  ]
}

function optionRows(args: ArgsDef): (readonly [string, string])[] {
  return Object.entries(args)
    .filter(([, { type }]) => type !== "positional")
    .map(([name, definition]) => [optionName(name, definition), definition.description ?? ""])
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
