/**
 * What a session command has at hand: where it runs, Claude's directory, the clock, its output and its
 * signal. Made once for each command line; nothing below reads the environment or the terminal itself.
 */
import type { Clock } from "../base/clock.ts"
import { checkSettings } from "../config/check.ts"
import { readConfigFile } from "../config/file.ts"
import { layerSettings } from "../config/layers.ts"
import { chooseClaudeDir } from "../config/settings-to-config.ts"
import type { Surroundings } from "../config/surroundings.ts"

export interface Outside {
  readonly around: Surroundings
  /** The directory in which the command was given. */
  readonly cwd: string
  readonly clock: Clock
  readonly signal: AbortSignal
  /** To standard output and to standard error, as given: no line end is added. */
  readonly write: (text: string) => void
  readonly writeError: (text: string) => void
}

export interface Session extends Outside {
  readonly claudeDir: string
}

/** TinaError `config` if there is a config file and it is wrong; none is needed. */
export function createSession(outside: Outside): Session {
  const { around } = outside
  const file = readConfigFile(around)
  const settings = checkSettings(layerSettings({ flags: {}, around, file }), file)
  return { ...outside, claudeDir: chooseClaudeDir(settings, around) }
}

export function nowOf({ clock }: Pick<Session, "clock">): Date {
  return new Date(clock.now())
}

export function printLine({ write }: Pick<Session, "write">, text: string): void {
  write(`${text}\n`)
}

export function printJson(session: Pick<Session, "write">, value: unknown): void {
  printLine(session, JSON.stringify(value))
}
