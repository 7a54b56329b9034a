/**
 * A command of the program: its arguments, its help, and what it does. It returns an exit code, throws a
 * TinaError for what it cannot do, and reaches the world only through its context.
 */
import { defineCommand, runCommand } from "citty"
import type { ArgsDef, ParsedArgs } from "citty"
import type { Clock } from "../base/clock.ts"
import type { Surroundings } from "../config/surroundings.ts"
import { checkArguments } from "./arguments.ts"
import type { Output } from "./output.ts"
import type { Seams } from "./seams.ts"

export interface CommandContext {
  readonly around: Surroundings
  /** The directory in which the command was given. */
  readonly cwd: string
  readonly stdout: Output
  /** For what is not the command's result. */
  readonly stderr: Output
  /** Aborted by the first SIGINT or SIGTERM, and when nobody reads the output any more. */
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly seams: Seams
}

export interface CommandHelp {
  readonly name: string
  readonly args: ArgsDef
  /** After the name, where the arguments do not say enough: "METHOD [JSON]". */
  readonly usage?: string
  readonly details?: string
  /** Those below it, with what each is for. */
  readonly commands?: readonly (readonly [name: string, summary: string])[]
  readonly examples?: readonly (readonly [line: string, meaning: string])[]
}

export interface Command {
  readonly help: CommandHelp
  /** The exit code. */
  run(rawArgs: readonly string[], context: CommandContext): Promise<number>
}

export interface CommandDefinition<A extends ArgsDef> extends CommandHelp {
  readonly args: A
  execute(args: ParsedArgs<A>, context: CommandContext): Promise<number>
}

export function command<const A extends ArgsDef>(definition: CommandDefinition<A>): Command {
  const { name, args, execute } = definition
  return {
    help: definition,
    async run(rawArgs, context) {
      checkArguments(name, rawArgs, args)
      const citty = defineCommand({
        meta: { name },
        args,
        run: (parsed: { args: ParsedArgs<A> }) => execute(parsed.args, context),
      })
      const { result } = await runCommand(citty, { rawArgs: [...rawArgs] })
      return typeof result === "number" ? result : 0
    },
  }
}
