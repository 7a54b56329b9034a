/**
 * The one way in which this room runs other programs (`launchctl`, `systemctl`, `git --version`, ...):
 * as a list of arguments, with a time limit, and with an answer instead of an exception. A test puts
 * a program of its own on PATH.
 */
import { runProcess, type ProcessOutcome } from "../base/process.ts"

export type Argv = readonly [string, ...string[]]

export interface CommandResult {
  /** It ran to its end and exited with 0. */
  readonly ok: boolean
  /** Absent when it did not run, or did not end by itself. */
  readonly code: number | undefined
  readonly stdout: string
  /** What it said on stderr, or why it did not run. */
  readonly problem: string
}

export type RunCommand = (argv: Argv, signal: AbortSignal) => Promise<CommandResult>

export interface CommandOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** 30 s unless given. */
  readonly timeLimitMs?: number
}

/** Programs are looked up in `env.PATH`, and run in `/`. */
export function createCommandRunner({ env, timeLimitMs = 30_000 }: CommandOptions): RunCommand {
  return async (argv, signal) =>
    outcomeToResult(argv, await runProcess({ argv, cwd: "/", env }, { signal, timeLimitMs }))
}

function outcomeToResult([name]: Argv, outcome: ProcessOutcome): CommandResult {
  if (outcome.status === "not_started") return failed(outcome.reason)
  const stdout = outcome.stdout.text
  const stderr = outcome.stderr.text.trim()
  if (outcome.status !== "exited")
    return { ...failed(`${name} was ended: ${outcome.status}`), stdout }
  const { code } = outcome
  return {
    ok: code === 0,
    code,
    stdout,
    problem: stderr === "" ? `it exited with ${code}` : stderr,
  }
}

function failed(problem: string): CommandResult {
  return { ok: false, code: undefined, stdout: "", problem }
}
