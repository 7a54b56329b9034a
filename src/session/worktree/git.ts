/** Git, as the session commands use it: one command at a time, no shell, no questions, bounded output. */
import { TinaError } from "../../base/errors.ts"
import { type ProcessOutcome, runProcess } from "../../base/process.ts"
import type { Session } from "../session.ts"

const gitLimitMs = 120_000

export interface GitAnswer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs git in a directory. TinaError when it cannot be run; what it answers is for the caller to judge. */
export async function git(
  session: Session,
  cwd: string,
  args: readonly string[],
): Promise<GitAnswer> {
  const outcome = await runProcess(
    {
      argv: ["git", ...args],
      cwd,
      env: { ...session.around.env, GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" },
    },
    { signal: session.signal, timeLimitMs: gitLimitMs, maxOutputBytes: 1024 * 1024 },
  )
  if (outcome.status !== "exited") throw cannotRun(args, outcome)
  return { code: outcome.code, stdout: outcome.stdout.text, stderr: outcome.stderr.text }
}

/** What git prints, without the last line end. TinaError `io` if it does not exit with 0. */
export async function gitText(
  session: Session,
  cwd: string,
  args: readonly string[],
): Promise<string> {
  const answer = await git(session, cwd, args)
  if (answer.code === 0) return answer.stdout.trimEnd()
  const said = answer.stderr.trim().split("\n").at(-1) ?? ""
  throw new TinaError("io", `cannot run git ${args[0] ?? ""} in ${cwd}: ${said}`)
}

function cannotRun(
  args: readonly string[],
  outcome: Exclude<ProcessOutcome, { status: "exited" }>,
): TinaError {
  const reason = outcome.status === "not_started" ? outcome.reason : `it was ${outcome.status}`
  return new TinaError("io", `cannot run git ${args[0] ?? ""}: ${reason}`, {
    hint: "git --version",
  })
}

/** The last commit as "HASH SUBJECT", or undefined where there is none. */
export async function lastCommit(session: Session, cwd: string): Promise<string | undefined> {
  const answer = await git(session, cwd, ["log", "-1", "--format=%h %s"])
  return answer.code === 0 ? answer.stdout.trim() || undefined : undefined
}
