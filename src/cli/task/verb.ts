/** What a verb of `task` is given, and the checks of it that several of them make. */
import { TinaError } from "../../base/errors.ts"
import type { AgentTaskState } from "../../model/agent-task.ts"
import type { CommandContext } from "../command.ts"
import type { LinkArgs } from "../daemon-link.ts"

export interface TaskArgs extends LinkArgs {
  readonly verb: string
  readonly what?: string | undefined
  readonly agent?: string | undefined
  readonly priority?: string | undefined
  readonly timeout?: string | undefined
  readonly cwd?: string | undefined
  readonly wait?: boolean | undefined
  readonly state?: AgentTaskState | undefined
  readonly limit?: string | undefined
  readonly follow?: boolean | undefined
  readonly json?: boolean | undefined
}

/** The exit code. */
export type Verb = (args: TaskArgs, context: CommandContext) => Promise<number>

/** TinaError `usage` when the name of the task is missing. */
export function taskIdOf({ verb, what }: TaskArgs): string {
  if (what !== undefined && what !== "") return what
  throw wrongArgument(verb, "the name of the task is missing", `${verb} task-0000`)
}

/** TinaError `usage` for text that is no whole number. */
export function wholeNumber(verb: string, option: string, text: string): number {
  if (/^-?\d{1,9}$/.test(text)) return Number(text)
  throw wrongArgument(verb, `--${option} must be a whole number, not "${text}"`, "--help")
}

export function wrongArgument(verb: string, problem: string, hint: string): TinaError {
  return new TinaError("usage", `cannot run task ${verb}: ${problem}`, {
    hint: `tina-daemon task ${hint}`,
  })
}
