/**
 * Runs one session command line and says with which code the process should exit: what the command says,
 * 1 for any failure, 2 for a command line that is wrong. Failures are printed here and nowhere else.
 */
import { TinaError, kindOf, reasonOf } from "../base/errors.ts"
import { nearestWord } from "../base/nearest.ts"
import { toPrintableLines } from "../base/printable.ts"
import { findCommand, resolveSubCommands } from "./command.ts"
import { isLeaf } from "./command-line.ts"
import { helpOf } from "./help.ts"
import { createSession, type Outside } from "./session.ts"

const failureCode = 1
const usageCode = 2

/**
 * `argv` is what follows `tina-session`, or `tina-daemon session`. A failure is printed, not thrown;
 * when the signal aborts, this rejects with its reason.
 */
export async function runSession(argv: readonly string[], outside: Outside): Promise<number> {
  try {
    return await run(argv, outside)
  } catch (error) {
    outside.signal.throwIfAborted()
    if (!(error instanceof TinaError)) throw error
    outside.writeError(messageOf(error))
    return kindOf(error).exit === usageCode ? usageCode : failureCode
  }
}

async function run(argv: readonly string[], outside: Outside): Promise<number> {
  const { command, rest, path } = await findCommand(argv)
  const wantsHelp = rest.some((word) => word === "--help" || word === "-h")
  if (wantsHelp || (!isLeaf(command) && rest.length === 0)) {
    outside.write(`${await helpOf(command)}\n`)
    return wantsHelp ? 0 : usageCode
  }
  if (!isLeaf(command)) {
    const known = (await resolveSubCommands(command)).map(([name]) => name)
    throw unknownCommand(path, rest, known)
  }
  return await command.execute(rest, createSession(outside))
}

function unknownCommand(
  path: readonly string[],
  [word = ""]: readonly string[],
  known: readonly string[],
): TinaError {
  const where = ["tina-session", ...path].join(" ")
  const problem = word.startsWith("-")
    ? `${where}: there is no option ${word} before its commands`
    : `${where} ${word}: there is no such command`
  return new TinaError("usage", `cannot run ${problem}`, {
    hint: `${where} ${nearestWord(word, known) ?? "--help"}`,
  })
}

function messageOf(error: TinaError): string {
  const hint = error.hint === undefined ? "" : `Try: ${error.hint}\n`
  return toPrintableLines(`Error: ${reasonOf(error)}\n${hint}`)
}
