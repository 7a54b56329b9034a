/**
 * From the way in which an agent's process ended to what its task is told: the state, the result or the error, and
 * whether the reason is a login that this process cannot use. Pure.
 */
import type { ProcessOutcome } from "../../base/process.ts"
import type { AgentTaskEnd } from "../../store/agent-tasks.ts"

/** Why an agent was called off. */
export type StopReason = "cancelled" | "stopping"

export interface EndOptions {
  readonly stopReason: StopReason | undefined
  readonly timeoutMs: number
  /** The end of what it printed. */
  readonly output: string
}

export function endOf(outcome: ProcessOutcome, options: EndOptions): AgentTaskEnd {
  const { timeoutMs, output, stopReason } = options
  // Whoever called it off was told so, also if it ended by itself in that moment.
  if (stopReason === "cancelled") return { state: "cancelled", output }
  switch (outcome.status) {
    case "exited":
      return { ...endOfExit(outcome), output }
    case "killed":
      return { state: "failed", error: `The process was ended by ${outcome.signal}`, output }
    case "timed_out":
      return { state: "timeout", error: `Task timed out after ${timeoutMs}ms`, output }
    case "aborted":
      return { state: "failed", error: "Killed during shutdown", output }
    case "not_started":
      return { state: "failed", error: `The agent did not start: ${outcome.reason}`, output }
  }
}

function endOfExit(outcome: ProcessOutcome & { readonly status: "exited" }): AgentTaskEnd {
  const { code, stdout, stderr } = outcome
  if (code === 0) return { state: "completed", exitCode: 0, result: stdout.text }
  const login = loginProblem(`${stderr.text}\n${stdout.text}`)
  const said = stderr.text.trim()
  const error = said === "" ? `Process exited with code ${code}` : said
  return { state: "failed", exitCode: code, error: login ?? error }
}

const loginWords =
  /not logged in|please run \/login|run `?claude (auth )?login|invalid api key|authentication_error|oauth token (has |was )?(expired|revoked)|oauth authentication/i

const loginPrefix = "Claude Code is not logged in for this daemon: "

/** The line that says so, if one does. */
function loginProblem(text: string): string | undefined {
  const line = text.split("\n").find((candidate) => loginWords.test(candidate))
  return line === undefined ? undefined : `${loginPrefix}${line.trim().slice(0, 500)}`
}

export function isLoginProblem({ error }: Pick<AgentTaskEnd, "error">): boolean {
  return error?.startsWith(loginPrefix) ?? false
}
