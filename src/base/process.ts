/**
 * Running another program to its end. It gets a process group of its own, so that whatever it starts
 * dies with it: TERM to the group, and KILL after a grace period. It never goes through a shell, never
 * inherits options meant for the Bun inside this binary, and never throws for what a program may do:
 * every way in which it can end is an outcome.
 */
import { statSync } from "node:fs"
import { addAbortListener } from "node:events"
import { reasonOf, systemCodeOf } from "./errors.ts"
import { createOutputCapture, type CapturedOutput } from "./output.ts"

export interface Command {
  /** The program and its arguments. A name without a slash is looked up in `env.PATH`. */
  readonly argv: readonly [string, ...string[]]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin?: string
}

export interface RunLimits {
  readonly signal: AbortSignal
  readonly timeLimitMs: number
  /** Between TERM and KILL; 2 s unless given. */
  readonly graceMs?: number
  /** Kept of stdout and of stderr, each: the head and the tail; 64 KiB unless given. */
  readonly maxOutputBytes?: number
  /** Called before the program gets any of its input; what it throws ends the program. */
  readonly onStarted?: (pid: number) => void
  /** Called with everything that is printed, in its order; reading waits for it. */
  readonly onOutput?: (stream: OutputStream, chunk: Uint8Array) => void | Promise<void>
}

export type OutputStream = "stdout" | "stderr"

export interface ProcessOutput {
  readonly stdout: CapturedOutput
  readonly stderr: CapturedOutput
}

export type ProcessOutcome =
  | ({ readonly status: "exited"; readonly code: number } & ProcessOutput)
  /** Ended by a signal that was not ours. */
  | ({ readonly status: "killed"; readonly signal: string } & ProcessOutput)
  | ({ readonly status: "timed_out" } & ProcessOutput)
  /** The caller's signal aborted. */
  | ({ readonly status: "aborted" } & ProcessOutput)
  | NotStarted

export interface NotStarted {
  readonly status: "not_started"
  readonly problem: "command_missing" | "cwd_missing" | "failed"
  readonly reason: string
}

/** How long the pipes may stay open after the group is gone: someone else may hold the other end. */
const pipeGraceMs = 200

/** Runs the command until it ends, is out of time, or is called off; then nothing of its group is left. */
export async function runProcess(command: Command, limits: RunLimits): Promise<ProcessOutcome> {
  try {
    if (!isDirectory(command.cwd)) return missingDirectory(command.cwd)
    const child = spawnGroup(command)
    begin(child, command, limits)
    return await supervise(child, limits)
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error
    return notStarted(command, error)
  }
}

type Child = ReturnType<typeof spawnGroup>

function spawnGroup({ argv, cwd, env, stdin }: Command) {
  const input = stdin === undefined ? "ignore" : "pipe"
  return Bun.spawn([...argv], {
    cwd,
    env: withoutBunOptions(env),
    stdin: input,
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  })
}

function begin(child: Child, { stdin }: Command, { onStarted }: RunLimits): void {
  try {
    onStarted?.(child.pid)
  } catch (error) {
    killGroup(child.pid, "SIGKILL")
    throw error
  }
  if (stdin !== undefined && typeof child.stdin === "object") void feed(child.stdin, stdin)
}

/** A program that ends without having read its input is no failure of ours. */
async function feed(sink: Bun.FileSink, text: string): Promise<void> {
  try {
    await sink.write(text)
    await sink.end()
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error
  }
}

/** A compiled Bun program obeys these two, so a child that is one would turn into something else. */
export function withoutBunOptions(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const { BUN_OPTIONS: _options, BUN_BE_BUN: _beBun, ...rest } = env
  return rest
}

async function supervise(child: Child, limits: RunLimits): Promise<ProcessOutcome> {
  const maxBytes = limits.maxOutputBytes ?? 64 * 1024
  const tell = (stream: OutputStream) => (chunk: Uint8Array) => limits.onOutput?.(stream, chunk)
  const stdout = drain(child.stdout, { maxBytes, tell: tell("stdout") })
  const stderr = drain(child.stderr, { maxBytes, tell: tell("stderr") })
  const end = await waitForEnd(child, limits)
  killGroup(child.pid, "SIGKILL")
  await closePipes([stdout, stderr])
  return { ...end, stdout: stdout.capture.read(), stderr: stderr.capture.read() }
}

type End =
  | { readonly status: "exited"; readonly code: number }
  | { readonly status: "killed"; readonly signal: string }
  | { readonly status: "timed_out" | "aborted" }

async function waitForEnd(child: Child, limits: RunLimits): Promise<End> {
  let cause: "timed_out" | "aborted" | undefined
  let killTimer: ReturnType<typeof setTimeout> | undefined
  const stop = (why: "timed_out" | "aborted") => {
    if (cause !== undefined) return
    cause = why
    killGroup(child.pid, "SIGTERM")
    killTimer = setTimeout(() => killGroup(child.pid, "SIGKILL"), limits.graceMs ?? 2_000)
  }
  using _listener = addAbortListener(limits.signal, () => stop("aborted"))
  const timer = setTimeout(() => stop("timed_out"), limits.timeLimitMs)
  try {
    await child.exited
  } finally {
    clearTimeout(timer)
    clearTimeout(killTimer)
  }
  if (cause !== undefined) return { status: cause }
  if (child.signalCode !== null) return { status: "killed", signal: String(child.signalCode) }
  return { status: "exited", code: child.exitCode ?? 0 }
}

/** Sends a signal to a whole process group; one that is already gone is no error. */
export function killGroup(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    // EPERM is what macOS says of a group in which only zombies are left.
    const code = systemCodeOf(error)
    if (code !== "ESRCH" && code !== "EPERM") throw error
  }
}

interface DrainOptions {
  readonly maxBytes: number
  readonly tell: (chunk: Uint8Array) => void | Promise<void>
}

function drain(stream: ReadableStream<Uint8Array>, { maxBytes, tell }: DrainOptions) {
  const capture = createOutputCapture({ maxBytes })
  const reader = stream.getReader()
  const readAll = async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      capture.push(part.value)
      await tell(part.value)
    }
  }
  return { capture, reader, finished: readAll() }
}

async function closePipes(pipes: readonly ReturnType<typeof drain>[]): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, pipeGraceMs)
  const finished = Promise.all(pipes.map((pipe) => pipe.finished))
  try {
    await Promise.race([finished, late.promise])
  } finally {
    clearTimeout(timer)
    await Promise.all(pipes.map((pipe) => pipe.reader.cancel()))
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function missingDirectory(cwd: string): NotStarted {
  const reason = `there is no directory ${cwd}`
  return { status: "not_started", problem: "cwd_missing", reason }
}

function notStarted(command: Command, error: unknown): NotStarted {
  if (systemCodeOf(error) !== "ENOENT") {
    return { status: "not_started", problem: "failed", reason: reasonOf(error) }
  }
  const reason = `there is no command ${command.argv[0]}`
  return { status: "not_started", problem: "command_missing", reason }
}
