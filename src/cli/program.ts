/**
 * From the words of the command line to an exit code. This is where a failure is told to a person: what
 * could not be done, why, and the command that helps.
 */
import { TinaError, kindOf, reasonOf } from "../base/errors.ts"
import { toPrintableLines } from "../base/printable.ts"
import { checkOptions } from "./arguments.ts"
import {
  asksForHelp,
  asksForVersion,
  checkBefore,
  checkSwallowed,
  splitCommand,
  wrongCommand,
} from "./command-line.ts"
import type { Choice } from "./command-line.ts"
import type { CommandContext } from "./command.ts"
import { commandEntries, findCommand } from "./commands.ts"
import type { CommandEntry } from "./commands.ts"
import { exitOfInterruption } from "./interruption.ts"
import { helpArgs } from "./options.ts"
import type { Output } from "./output.ts"
import { runArgs } from "./run-options.ts"

/** Never throws. */
export async function runProgram(
  argv: readonly string[],
  context: CommandContext,
): Promise<number> {
  try {
    return await dispatch(argv, context)
  } catch (error) {
    const { signal } = context
    if (signal.aborted && error === signal.reason) return exitOfInterruption(signal.reason)
    printError(error, context.stderr)
    return kindOf(error).exit
  }
}

const choice: Choice = {
  path: [],
  commands: new Map(commandEntries),
  args: runArgs,
}

async function dispatch(argv: readonly string[], context: CommandContext): Promise<number> {
  const line = splitCommand(argv, runArgs)
  const { name, before, after } = line
  const rest = [...before, ...after]
  if (asksForVersion(before)) return showVersion(context)
  const isOwnLanguage = name !== undefined && findCommand(name)?.ownLanguage === true
  const wantsHelp = asksForHelp(isOwnLanguage ? before : rest)
  if (name === "help" || (name === undefined && wantsHelp)) return await showHelp(rest, context)
  if (name === undefined) checkSwallowed(line, choice)
  const entry = findCommand(name ?? "run")
  if (entry === undefined) throw await wrongCommand(line, choice)
  if (wantsHelp) return await showCommandHelp(entry, context)
  const command = await entry.load()
  if (name !== undefined && !isOwnLanguage) checkBefore(name, before, command)
  return await command.run(rest, context)
}

function showVersion({ stdout, seams }: CommandContext): number {
  stdout.write(`tina-daemon ${seams.version}\n`)
  return 0
}

/** `help`, `help COMMAND`, and, of a command that has others below it, `help COMMAND WORDS`. */
async function showHelp(rest: readonly string[], context: CommandContext): Promise<number> {
  checkOptions({ name: "help", words: rest, args: { ...runArgs, ...helpArgs } })
  const [name, ...below] = rest.filter((word) => !asksForHelp([word]))
  if (name === undefined || name.startsWith("-")) {
    const { programHelp } = await import("./help.ts")
    context.stdout.write(programHelp(context.seams.version, layoutOf(context.stdout)))
    return 0
  }
  const entry = findCommand(name)
  if (entry === undefined) throw await wrongCommand({ name, before: [], after: below }, choice)
  if (entry.ownLanguage === undefined) return await showCommandHelp(entry, context)
  const command = await entry.load()
  return await command.run([...below, "--help"], context)
}

async function showCommandHelp(entry: CommandEntry, { stdout }: CommandContext): Promise<number> {
  const [{ commandHelp }, command] = await Promise.all([import("./help.ts"), entry.load()])
  stdout.write(commandHelp(command.help, entry.summary, layoutOf(stdout)))
  return 0
}

function layoutOf({ paint, size }: Output) {
  return { paint, columns: size().columns }
}

/** The message and, under it, the hint; for a defect where it happened. */
export function printError(error: unknown, { write, paint }: Output): void {
  const isExpected = error instanceof TinaError
  const text =
    isExpected || !(error instanceof Error) ? reasonOf(error) : (error.stack ?? error.message)
  write(`${paint("red", "error")}  ${toPrintableLines(text)}\n`)
  if (isExpected && error.hint !== undefined) {
    write(`${paint("dim", " try")}   ${toPrintableLines(error.hint)}\n`)
  }
}
