/** What `--help` prints of a command: plain text, because it is read in pipes and by agents too. */
import type { ArgDef, CommandDef } from "citty"
import { isLeaf } from "./command-line.ts"
import { resolved, resolveSubCommands } from "./command.ts"

export async function helpOf(command: CommandDef): Promise<string> {
  const meta = await resolved(command.meta)
  const head = [meta?.description ?? "", "", `Usage: ${await usageLine(command, meta?.name ?? "")}`]
  const rows = isLeaf(command) ? await flagRows(command) : await commandRows(command)
  return [...head, "", ...columns(rows)].join("\n")
}

async function usageLine(command: CommandDef, name: string): Promise<string> {
  if (!isLeaf(command)) return `${name} COMMAND [FLAGS]`
  const flags = Object.entries((await resolved(command.args)) ?? {})
  return [name, ...flags.map(([flag, def]) => inUsage(flag, def))].join(" ")
}

function inUsage(flag: string, def: ArgDef): string {
  const form = flagForm(flag, def)
  return def.required === true ? form : `[${form}]`
}

function flagForm(flag: string, def: ArgDef): string {
  return def.type === "boolean" ? `--${flag}` : `--${flag} ${def.valueHint ?? ""}`
}

type Row = readonly [string, string]

async function flagRows(command: CommandDef): Promise<readonly Row[]> {
  const flags = Object.entries((await resolved(command.args)) ?? {})
  return flags.map(([flag, def]) => [flagForm(flag, def), def.description ?? ""])
}

async function commandRows(command: CommandDef): Promise<readonly Row[]> {
  const commands = await resolveSubCommands(command)
  const rows = commands.map(async ([name, below]): Promise<Row> => {
    const meta = await resolved(below.meta)
    return [name, meta?.description ?? ""]
  })
  return await Promise.all(rows)
}

function columns(rows: readonly Row[]): readonly string[] {
  const width = Math.min(36, Math.max(0, ...rows.map(([left]) => left.length)))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd())
}
