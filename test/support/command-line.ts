/** Runs the program in this process, as `main.ts` would, and keeps what it prints. */
import { createSystemClock } from "../../src/base/clock.ts"
import type { CommandContext } from "../../src/cli/command.ts"
import { createPaint } from "../../src/cli/output.ts"
import type { Output } from "../../src/cli/output.ts"
import { runProgram } from "../../src/cli/program.ts"
import type { Seams } from "../../src/cli/seams.ts"
import type { TmpHome } from "./tmp-home.ts"

export interface CommandLineOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly stdout?: Output
  readonly seams?: Partial<Seams>
}

export interface RunningCommand {
  readonly exit: Promise<number>
  stdout(): string
  stderr(): string
  abort(reason: unknown): void
}

/** Starts `tina-daemon ARGV` in the given home. */
export function startCommand(
  home: TmpHome,
  argv: readonly string[],
  options: CommandLineOptions = {},
): RunningCommand {
  const stdout = createKeptOutput()
  const stderr = createKeptOutput()
  const root = new AbortController()
  const context: CommandContext = {
    around: {
      env: { ...home.env, ...options.env },
      platform: "linux",
      home: home.path,
      hostname: "box",
    },
    cwd: home.path,
    stdout: options.stdout ?? stdout,
    stderr,
    signal: root.signal,
    clock: createSystemClock(),
    seams: {
      version: "0.0.0",
      commit: "abc",
      self: [process.execPath],
      loadDaemon: () => Promise.reject(new Error("this test has no daemon")),
      onHangup: () => ({ [Symbol.dispose]() {} }),
      abandon() {},
      ...options.seams,
    },
  }
  const exit = runProgram(argv, context)
  return { exit, stdout: stdout.text, stderr: stderr.text, abort: (reason) => root.abort(reason) }
}

export interface CommandResult {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

export async function runCommandLine(
  home: TmpHome,
  argv: readonly string[],
  options: CommandLineOptions = {},
): Promise<CommandResult> {
  const running = startCommand(home, argv, options)
  const exit = await running.exit
  return { exit, stdout: running.stdout(), stderr: running.stderr() }
}

function createKeptOutput(): Output & { readonly text: () => string } {
  let text = ""
  const endless = { columns: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY }
  return {
    text: () => text,
    write: (more) => void (text += more),
    isTerminal: false,
    size: () => endless,
    onResize: () => ({ [Symbol.dispose]() {} }),
    paint: createPaint(false),
  }
}
