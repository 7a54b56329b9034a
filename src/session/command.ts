/** The tree of session commands. A command's code is loaded when it is asked for, and not before. */
import { type CommandDef, defineCommand } from "citty"

const orchestrate = defineCommand({
  meta: { name: "tina-session orchestrate", description: "Drive an orchestration" },
  subCommands: {
    next: async () => (await import("./commands/advance.ts")).nextCommand,
    advance: async () => (await import("./commands/advance.ts")).advanceCommand,
    "set-policy": async () => (await import("./commands/policy.ts")).setPolicyCommand,
    "set-role-model": async () => (await import("./commands/policy.ts")).setRoleModelCommand,
    "task-edit": async () => (await import("./commands/tasks.ts")).taskEditCommand,
    "task-insert": async () => (await import("./commands/tasks.ts")).taskInsertCommand,
    "task-set-model": async () => (await import("./commands/tasks.ts")).taskSetModelCommand,
  },
})

const state = defineCommand({
  meta: { name: "tina-session state", description: "Show the state, or set it right by hand" },
  subCommands: {
    update: async () => (await import("./commands/state.ts")).stateUpdateCommand,
    "phase-complete": async () => (await import("./commands/state.ts")).statePhaseCompleteCommand,
    blocked: async () => (await import("./commands/state.ts")).stateBlockedCommand,
    show: async () => (await import("./commands/state.ts")).stateShowCommand,
  },
})

const check = defineCommand({
  meta: { name: "tina-session check", description: "Gates: tools, plan, complexity, tests" },
  subCommands: {
    doctor: async () => (await import("./commands/check.ts")).checkDoctorCommand,
    plan: async () => (await import("./commands/check.ts")).checkPlanCommand,
    complexity: async () => (await import("./commands/check.ts")).checkComplexityCommand,
    verify: async () => (await import("./commands/check.ts")).checkVerifyCommand,
  },
})

export const sessionCommand: CommandDef = defineCommand({
  meta: {
    name: "tina-session",
    description: "Orchestrations, their worktrees and their terminals",
  },
  subCommands: {
    init: async () => (await import("./commands/init.ts")).initCommand,
    start: async () => (await import("./commands/start.ts")).startCommand,
    orchestrate,
    status: async () => (await import("./commands/progress.ts")).statusCommand,
    wait: async () => (await import("./commands/progress.ts")).waitCommand,
    list: async () => (await import("./commands/list.ts")).listCommand,
    state,
    stop: async () => (await import("./commands/terminal.ts")).stopCommand,
    name: async () => (await import("./commands/terminal.ts")).nameCommand,
    exists: async () => (await import("./commands/terminal.ts")).existsCommand,
    send: async () => (await import("./commands/terminal.ts")).sendCommand,
    message: async () => (await import("./commands/message.ts")).messageCommand,
    attach: async () => (await import("./commands/terminal.ts")).attachTerminalCommand,
    capture: async () => (await import("./commands/terminal.ts")).captureCommand,
    "register-team": async () => (await import("./commands/team.ts")).registerTeamCommand,
    "link-team": async () => (await import("./commands/team.ts")).linkTeamCommand,
    check,
    cleanup: async () => (await import("./commands/cleanup.ts")).cleanupCommand,
  },
})

export interface FoundCommand {
  readonly command: CommandDef
  /** The words that led to it. */
  readonly path: readonly string[]
  /** What is left of the command line. */
  readonly rest: readonly string[]
}

/** Follows the words of the command line as far as they name commands. */
export async function findCommand(argv: readonly string[]): Promise<FoundCommand> {
  let found: FoundCommand = { command: sessionCommand, path: [], rest: argv }
  for (const word of argv) {
    const below = await subCommand(found.command, word)
    if (below === undefined) return found
    found = { command: below, path: [...found.path, word], rest: found.rest.slice(1) }
  }
  return found
}

async function subCommand(command: CommandDef, word: string): Promise<CommandDef | undefined> {
  const table = await resolved(command.subCommands ?? {})
  return Object.hasOwn(table, word) ? await resolved(table[word]) : undefined
}

/** The commands below one, with their names. */
export async function resolveSubCommands(
  command: CommandDef,
): Promise<readonly (readonly [string, CommandDef])[]> {
  const table = Object.entries(await resolved(command.subCommands ?? {}))
  return await Promise.all(
    table.map(async ([name, below]) => [name, await resolved(below)] as const),
  )
}

type Maker<T> = () => T | Promise<T>

/** citty takes a value, a promise of it, or a function that makes either. */
export async function resolved<T>(value: T | Promise<T> | Maker<T>): Promise<T> {
  return await (isMaker(value) ? value() : value)
}

function isMaker<T>(value: T | Promise<T> | Maker<T>): value is Maker<T> {
  return typeof value === "function"
}
