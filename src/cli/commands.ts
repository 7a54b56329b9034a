/**
 * Every command, in the order in which help shows them: a line each, and how to load the rest. Nothing is
 * loaded before it is used, so that a command starts as fast as what it does.
 */
import type { Command } from "./command.ts"

export type CommandGroup = "See" | "Run" | "Ask" | "More"

export interface CommandEntry {
  /** Absent where help is not to show it. */
  readonly group?: CommandGroup
  readonly summary: string
  /** It reads what follows it by itself, help included. */
  readonly ownLanguage?: true
  readonly load: () => Promise<Command>
}

export const commands = {
  status: {
    group: "See",
    summary: "Is it running, is it connected, is anything wrong",
    load: async () => (await import("./commands/status.ts")).statusCommand,
  },
  teams: {
    group: "See",
    summary: "Teams of agents and who is in them",
    load: async () => (await import("./commands/teams.ts")).teamsCommand,
  },
  tasks: {
    group: "See",
    summary: "What each team works on; --watch follows it live",
    load: async () => (await import("./commands/tasks.ts")).tasksCommand,
  },
  actions: {
    group: "See",
    summary: "What operators asked of this machine, and how far each got",
    load: async () => (await import("./commands/actions.ts")).actionsCommand,
  },
  problems: {
    group: "See",
    summary: "What could not be read or done, and what to do about it",
    load: async () => (await import("./commands/problems.ts")).problemsCommand,
  },
  rules: {
    group: "See",
    summary: "What runs by itself, what it did, and what waits for your approval",
    load: async () => (await import("./commands/rules.ts")).rulesCommand,
  },
  open: {
    group: "See",
    summary: "Open the page on which you see and steer everything",
    load: async () => (await import("./commands/open.ts")).openCommand,
  },
  logs: {
    group: "See",
    summary: "The daemon's log; -f follows it",
    load: async () => (await import("./commands/logs.ts")).logsCommand,
  },
  init: {
    group: "Run",
    summary: "Write the config file; asks for what it needs",
    load: async () => (await import("./commands/init.ts")).initCommand,
  },
  run: {
    group: "Run",
    summary: "Run the daemon in the foreground (the same as no command)",
    load: async () => (await import("./commands/run.ts")).runDaemonCommand,
  },
  start: {
    group: "Run",
    summary: "Start it in the background; --local needs no account and no network",
    load: async () => (await import("./commands/start.ts")).startCommand,
  },
  stop: {
    group: "Run",
    summary: "Stop it",
    load: async () => (await import("./commands/stop.ts")).stopCommand,
  },
  restart: {
    group: "Run",
    summary: "Stop it and start it again with the same options",
    load: async () => (await import("./commands/restart.ts")).restartCommand,
  },
  reload: {
    group: "Run",
    summary: "Read the configuration again; restart only what it changes",
    load: async () => (await import("./commands/reload.ts")).reloadCommand,
  },
  install: {
    group: "Run",
    summary: "Run it as a service, from now on and at each login",
    load: async () => (await import("./commands/install.ts")).installCommand,
  },
  uninstall: {
    group: "Run",
    summary: "Stop the service and remove it",
    load: async () => (await import("./commands/uninstall.ts")).uninstallCommand,
  },
  task: {
    group: "Ask",
    summary: "Give an agent a one-shot task, and see what became of it",
    load: async () => (await import("./commands/task.ts")).taskCommand,
  },
  rpc: {
    group: "Ask",
    summary: "Call a method of the running daemon",
    load: async () => (await import("./commands/rpc.ts")).rpcCommand,
  },
  methods: {
    group: "Ask",
    summary: "List the methods that may be called",
    load: async () => (await import("./commands/methods.ts")).methodsCommand,
  },
  deployment: {
    group: "More",
    summary: "The local deployment: run functions, look at data, back up, export, import, move",
    ownLanguage: true,
    load: async () => (await import("./commands/deployment.ts")).deploymentCommand,
  },
  dashboard: {
    group: "More",
    summary: "Write the page as files that any host can serve",
    load: async () => (await import("./commands/dashboard.ts")).dashboardCommand,
  },
  upgrade: {
    group: "More",
    summary: "Replace this program by another version",
    load: async () => (await import("./commands/upgrade.ts")).upgradeCommand,
  },
  doctor: {
    group: "More",
    summary: "Find what is wrong with this machine, and what helps",
    load: async () => (await import("./commands/doctor.ts")).doctorCommand,
  },
  session: {
    group: "More",
    summary: "Orchestrations and their worktrees (the same as the program tina-session)",
    ownLanguage: true,
    load: async () => (await import("./commands/session.ts")).sessionCommand,
  },
  completions: {
    group: "More",
    summary: "Print what your shell needs to complete these commands",
    load: async () => (await import("./commands/completions.ts")).completionsCommand,
  },
  version: {
    group: "More",
    summary: "Print the version and what it was built from",
    load: async () => (await import("./commands/version.ts")).versionCommand,
  },
  demo: {
    summary: "Play agents at work into a directory",
    load: async () => (await import("./commands/demo.ts")).demoCommand,
  },
} as const satisfies Readonly<Record<string, CommandEntry>>

export const commandEntries: readonly (readonly [string, CommandEntry])[] = Object.entries(commands)

export function findCommand(name: string): CommandEntry | undefined {
  return commandEntries.find(([known]) => known === name)?.[1]
}
