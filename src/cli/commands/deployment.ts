/** `deployment COMMAND`: what the owner of the local deployment does with it. Each command has a file of its own. */
import { checkOptions } from "../arguments.ts"
import { asksForHelp, checkBefore, splitCommand, wrongCommand } from "../command-line.ts"
import type { Choice } from "../command-line.ts"
import type { Command, CommandContext } from "../command.ts"
import { commandHelp } from "../help.ts"
import { globalArgs, helpArgs } from "../options.ts"

interface Entry {
  readonly summary: string
  readonly load: () => Promise<Command>
}

const commands: Readonly<Record<string, Entry>> = {
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

const entries = new Map(Object.entries(commands))

export const deploymentVerbs: readonly string[] = [...entries.keys()]

export const deploymentCommand: Command = {
  help: {
    name: "deployment",
    args: {},
    commands: Object.entries(commands).map(([name, { summary }]) => [name, summary]),
    usage: "COMMAND",
    details:
      "Works with the daemon that runs, or without one on the deployment's file. tina-daemon deployment COMMAND --help shows more.",
  },
  async run(words, context) {
    const line = splitCommand(words, globalArgs)
    const { name, before, after } = line
    if (name === undefined) {
      checkOptions({ name: "deployment", words: before, args: { ...globalArgs, ...helpArgs } })
      return showHelp(this, "The local deployment", context)
    }
    const entry = findDeploymentCommand(name)
    if (entry === undefined) throw await wrongCommand(line, choice)
    const command = await entry.load()
    const rest = [...before, ...after]
    if (asksForHelp(rest)) return showHelp(command, entry.summary, context)
    checkBefore(name, before, command)
    return await command.run(rest, context)
  },
}

const choice: Choice = {
  path: ["deployment"],
  commands: entries,
  args: globalArgs,
}

export function findDeploymentCommand(name: string): Entry | undefined {
  return entries.get(name)
}

function showHelp(command: Command, summary: string, { stdout }: CommandContext): number {
  const layout = { paint: stdout.paint, columns: stdout.size().columns }
  stdout.write(commandHelp(command.help, summary, layout))
  return 0
}
