/**
 * From the words of the command line to an exit code. This is where a failure is told to a person: what
 * could not be done, why, and the command that helps.
 */
import { TinaError, kindOf, reasonOf } from "../base/errors.ts"
import { nearestWord } from "../base/nearest.ts"
import { toPrintableLines } from "../base/printable.ts"
import { asksForHelp, splitCommand } from "./arguments.ts"
import type { CommandContext } from "./command.ts"
import { commandEntries, findCommand } from "./commands.ts"
import type { CommandEntry } from "./commands.ts"
import { exitOfInterruption } from "./interruption.ts"
import type { Output } from "./output.ts"

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

async function dispatch(argv: readonly string[], context: CommandContext): Promise<number> {
  const { name, before, after } = splitCommand(argv)
  const rest = [...before, ...after]
  const isOwnLanguage = name !== undefined && findCommand(name)?.ownLanguage === true
  const wantsHelp = asksForHelp(isOwnLanguage ? before : rest)
  if (name === "help" || (name === undefined && wantsHelp)) return await showHelp(rest, context)
  const entry = knownCommand(name ?? "run")
  if (wantsHelp) return await showCommandHelp(entry, context)
  const command = await entry.load()
  return await command.run(rest, context)
}

async function showHelp(rest: readonly string[], context: CommandContext): Promise<number> {
  const name = rest.find((word) => !word.startsWith("-"))
  if (name !== undefined) return await showCommandHelp(knownCommand(name), context)
  const { programHelp } = await import("./help.ts")
  context.stdout.write(programHelp(context.seams.version, layoutOf(context.stdout)))
  return 0
}

async function showCommandHelp(entry: CommandEntry, { stdout }: CommandContext): Promise<number> {
  const [{ commandHelp }, command] = await Promise.all([import("./help.ts"), entry.load()])
  stdout.write(commandHelp(command.help, entry.summary, layoutOf(stdout)))
  return 0
}

function layoutOf({ paint, size }: Output) {
  return { paint, columns: size().columns }
}

function knownCommand(name: string): CommandEntry {
  const entry = findCommand(name)
  if (entry !== undefined) return entry
  const meant = nearestWord(
    name,
    commandEntries.map(([known]) => known),
  )
  throw new TinaError("usage", `cannot run ${name}: there is no such command`, {
    hint: `tina-daemon ${meant ?? "--help"}`,
  })
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
