/** `deployment COMMAND`: what the owner of the local deployment does with it. Each command has a file of its own. */
import { TinaError } from "../../base/errors.ts"
import { nearestWord } from "../../base/nearest.ts"
import { asksForHelp } from "../arguments.ts"
import type { Command, CommandContext } from "../command.ts"
import { commandHelp } from "../help.ts"

interface Entry {
  readonly summary: string
  readonly load: () => Promise<Command>
}

const entries: Readonly<Record<string, Entry>> = {
  run: {
    summary: "Call a function: a query, a mutation or an action, internal ones too",
    load: async () => (await import("./deployment/run.ts")).runCommand,
  },
  data: {
    summary: "List the tables, or the newest documents of one",
    load: async () => (await import("./deployment/data.ts")).dataCommand,
  },
  logs: {
    summary: "What functions log, how long they take and why they fail; -f follows them",
    load: async () => (await import("./deployment/logs.ts")).logsCommand,
  },
  env: {
    summary: "Environment variables of functions: list, get, set, remove",
    load: async () => (await import("./deployment/env.ts")).envCommand,
  },
  "admin-key": {
    summary: "Print the key with which npx convex works on the local deployment",
    load: async () => (await import("./deployment/admin-key.ts")).adminKeyCommand,
  },
  backup: {
    summary: "Copy the deployment to a file, while it runs",
    load: async () => (await import("./deployment/backup.ts")).backupCommand,
  },
  restore: {
    summary: "Put a back-up in the deployment's place",
    load: async () => (await import("./deployment/restore.ts")).restoreCommand,
  },
  export: {
    summary: "Write all documents to a ZIP archive in Convex's format",
    load: async () => (await import("./deployment/export.ts")).exportCommand,
  },
  import: {
    summary: "Read documents from such an archive, or those of one table from another file",
    load: async () => (await import("./deployment/import.ts")).importCommand,
  },
  move: {
    summary: "Take everything to Convex's cloud or a deployment that you host",
    load: async () => (await import("./deployment/move.ts")).moveCommand,
  },
}

export const deploymentVerbs: readonly string[] = Object.keys(entries)

export const deploymentCommand: Command = {
  help: {
    name: "deployment",
    args: Object.fromEntries(
      Object.entries(entries).map(([name, { summary }]) => [
        name,
        { type: "positional", required: false, description: summary } as const,
      ]),
    ),
    usage: "COMMAND",
    details:
      "Works with the daemon that runs, or without one on the deployment's file. tina-daemon deployment COMMAND --help shows more.",
  },
  async run(words, context) {
    const name = words.find((word) => !word.startsWith("-"))
    const entry = name === undefined ? undefined : entries[name]
    if (name === undefined) return showHelp(this, "The local deployment", context)
    if (entry === undefined) throw unknown(name)
    const command = await entry.load()
    const rest = words.filter((_word, index) => index !== words.indexOf(name))
    if (asksForHelp(rest)) return showHelp(command, entry.summary, context)
    return await command.run(rest, context)
  },
}

function showHelp(command: Command, summary: string, { stdout }: CommandContext): number {
  const layout = { paint: stdout.paint, columns: stdout.size().columns }
  stdout.write(commandHelp(command.help, summary, layout))
  return 0
}

function unknown(name: string): TinaError {
  const meant = nearestWord(name, Object.keys(entries))
  return new TinaError("usage", `cannot run deployment ${name}: there is no such command`, {
    hint: `tina-daemon deployment ${meant ?? "--help"}`,
  })
}
