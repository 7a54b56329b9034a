/**
 * Everything that a session command meets, real and its own: a home, a git repository with one commit, a
 * tmux server, and a program called claude that notes what is typed into it.
 */
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { type Clock, createSystemClock } from "../../src/base/clock.ts"
import { parseSupervisorState, type SupervisorState } from "../../src/model/supervisor-state.ts"
import { runSession } from "../../src/session/run.ts"
import { gitEnv } from "./git-env.ts"
import { tmpHome } from "./tmp-home.ts"

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface SessionWorld extends AsyncDisposable {
  readonly home: string
  readonly claudeDir: string
  readonly repository: string
  readonly env: Readonly<Record<string, string>>
  /** Runs `tina-session` with the words, in the repository unless told otherwise. */
  run(words: readonly string[], options?: RunOptions): Promise<Ran>
  /** As `run`; throws unless it exits with 0. */
  ok(words: readonly string[], options?: RunOptions): Promise<string>
  git(...args: string[]): Promise<string>
  tmux(...args: string[]): Promise<Ran>
  /** What was typed into any claude so far. */
  typed(): Promise<string>
  /** Writes a file below the home, with its directories; returns its path. */
  write(path: string, content: string): Promise<string>
  state(worktree: string): Promise<SupervisorState>
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  readonly clock?: Clock
}

const claude = `#!/bin/sh
printf 'bypass permissions on\\n> '
while IFS= read -r line; do
  printf '%s\\n' "$line" >> "$(dirname "$0")/typed.log"
  printf '> '
done
`

export async function sessionWorld(): Promise<SessionWorld> {
  const home = await tmpHome()
  const bin = join(home.path, "bin")
  const repository = join(home.path, "app")
  const env = {
    ...home.env,
    PATH: `${bin}:${home.env["PATH"] ?? ""}`,
    TMUX_TMPDIR: home.path,
    TINA_TMUX_SOCKET: "tina-test",
    ...gitEnv,
  }
  const write = async (path: string, content: string) => {
    const whole = join(home.path, path)
    await mkdir(join(whole, ".."), { recursive: true })
    await writeFile(whole, content)
    return whole
  }
  const git = async (...args: string[]) =>
    succeeded(await spawn(["git", ...args], { cwd: repository, env })).stdout.trimEnd()
  const tmux = (...args: string[]) => spawn(["tmux", "-L", "tina-test", ...args], { cwd: "/", env })
  await chmod(await write("bin/claude", claude), 0o755)
  await write("app/README.md", "# app\n")
  await write("app/docs/auth.md", "# Auth\n")
  await git("init", "-q", "-b", "main")
  await git("add", ".")
  await git("commit", "-q", "-m", "first")
  const run = (words: readonly string[], options: RunOptions = {}) =>
    runHere(words, { cwd: repository, ...options, env: { ...env, ...options.env } })
  return {
    home: home.path,
    claudeDir: home.claudeDir,
    repository,
    env,
    run,
    ok: async (words, options) => succeeded(await run(words, options)).stdout.trimEnd(),
    git,
    tmux,
    typed: () => readFile(join(bin, "typed.log"), "utf8").catch(() => ""),
    write,
    state: readStateOf,
    [Symbol.asyncDispose]: async () => {
      await tmux("kill-server")
      await home[Symbol.asyncDispose]()
    },
  }
}

interface Place {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  readonly clock?: Clock
}

/** Called off, it ends with 130, as the program does. */
async function runHere(words: readonly string[], place: Place): Promise<Ran> {
  const { cwd, env, signal = new AbortController().signal, clock } = place
  const printed = { stdout: "", stderr: "" }
  const running = runSession(words, {
    around: { env, platform: process.platform, home: env["HOME"] ?? "", hostname: "test" },
    cwd,
    clock: clock ?? createSystemClock(),
    signal,
    write: (text) => void (printed.stdout += text),
    writeError: (text) => void (printed.stderr += text),
  })
  const code = await running.catch((error: unknown) => {
    if (error === signal.reason) return 130
    throw error
  })
  return { code, ...printed }
}

async function spawn(argv: readonly string[], place: Place): Promise<Ran> {
  const child = Bun.spawn([...argv], { ...place, stdout: "pipe", stderr: "pipe" })
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code: await child.exited, stdout, stderr }
}

function succeeded(ran: Ran): Ran {
  if (ran.code !== 0) throw new Error(`exit code ${ran.code}: ${ran.stderr}${ran.stdout}`)
  return ran
}

async function readStateOf(worktree: string): Promise<SupervisorState> {
  const path = join(worktree, ".claude", "tina", "supervisor-state.json")
  const parsed = parseSupervisorState(await readFile(path, "utf8"))
  if (!parsed.ok) throw new Error(parsed.problem)
  return parsed.value
}
