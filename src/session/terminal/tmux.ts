/**
 * tmux, through argument lists only. A session is always named exactly (`=NAME`): without the sign, tmux
 * would take any session whose name begins that way, and `phase-1` begins `phase-1_5`.
 * `TINA_TMUX_SOCKET` chooses a server of its own (`tmux -L`).
 */
import { TinaError } from "../../base/errors.ts"
import { runProcess } from "../../base/process.ts"
import { readVariable } from "../../config/surroundings.ts"
import type { Session } from "../session.ts"

const tmuxLimitMs = 10_000

export interface NewTmuxSession {
  readonly name: string
  readonly cwd: string
  /** Run as the session's only program: when it ends, the session does. */
  readonly argv: readonly [string, ...string[]]
}

export async function hasSession(session: Session, name: string): Promise<boolean> {
  return (await tmux(session, ["has-session", "-t", `=${name}`])).code === 0
}

/** TinaError `conflict` if the session exists, `io` if tmux will not start it. */
export async function newSession(session: Session, wanted: NewTmuxSession): Promise<void> {
  const { name, cwd, argv } = wanted
  if (await hasSession(session, name)) {
    throw new TinaError("conflict", `cannot start the session ${name}: it exists already`)
  }
  const size = ["-x", "200", "-y", "50"]
  // The server may have been started from somewhere else, with another PATH.
  const path = session.around.env["PATH"]
  const environment = path === undefined ? [] : ["-e", `PATH=${path}`]
  const args = ["new-session", "-d", "-s", name, "-c", cwd, ...size, ...environment, "--", ...argv]
  await tmuxOrThrow(session, args, `start the session ${name}`)
}

/** The directory in which the session was started; undefined if there is no such session. */
export async function sessionPath(session: Session, name: string): Promise<string | undefined> {
  const args = ["display-message", "-p", "-t", `=${name}:`, "#{session_path}"]
  const answer = await tmux(session, args)
  return answer.code === 0 ? answer.stdout.trim() || undefined : undefined
}

/** False if there was no such session. */
export async function killSession(session: Session, name: string): Promise<boolean> {
  return (await tmux(session, ["kill-session", "-t", `=${name}`])).code === 0
}

/** Types the text as it is, and then Enter. TinaError `not_found` if there is no such session. */
export async function sendText(session: Session, name: string, text: string): Promise<void> {
  await requireSession(session, name)
  const target = ["-t", `=${name}:`]
  const what = `type into the session ${name}`
  await tmuxOrThrow(session, ["send-keys", ...target, "-l", "--", withoutSeparator(text)], what)
  // A program that reads the text as a paste takes an Enter that comes with it for a part of it.
  await session.clock.sleep(enterDelayMs, session.signal)
  await tmuxOrThrow(session, ["send-keys", ...target, "Enter"], what)
}

const enterDelayMs = 200

/** tmux takes a semicolon at the very end of an argument for the end of its command. */
function withoutSeparator(text: string): string {
  return text.replace(/;$/, "\\;")
}

/** What the session shows, with up to `lines` lines that were there before. */
export async function capturePane(session: Session, name: string, lines: number): Promise<string> {
  await requireSession(session, name)
  const args = ["capture-pane", "-p", "-t", `=${name}:`, "-S", `-${lines}`]
  return await tmuxOrThrow(session, args, `read the session ${name}`)
}

/** The command line that shows the session in this terminal. */
export function attachCommand(session: Session, name: string): readonly [string, ...string[]] {
  return ["tmux", ...serverArgs(session), "attach-session", "-t", `=${name}`]
}

export async function requireSession(session: Session, name: string): Promise<void> {
  if (await hasSession(session, name)) return
  throw new TinaError("not_found", `cannot find the session ${name}: tmux has none of this name`)
}

async function tmuxOrThrow(
  session: Session,
  args: readonly string[],
  what: string,
): Promise<string> {
  const answer = await tmux(session, args)
  if (answer.code === 0) return answer.stdout
  throw new TinaError("io", `cannot ${what}: ${answer.stderr.trim() || "tmux does not say why"}`)
}

async function tmux(session: Session, args: readonly string[]) {
  const outcome = await runProcess(
    {
      argv: ["tmux", ...serverArgs(session), ...args],
      cwd: session.cwd,
      env: session.around.env,
    },
    { signal: session.signal, timeLimitMs: tmuxLimitMs, maxOutputBytes: 4 * 1024 * 1024 },
  )
  if (outcome.status === "exited") {
    return { code: outcome.code, stdout: outcome.stdout.text, stderr: outcome.stderr.text }
  }
  const reason = outcome.status === "not_started" ? outcome.reason : `it was ${outcome.status}`
  throw new TinaError("io", `cannot run tmux: ${reason}`, { hint: "tmux -V" })
}

function serverArgs(session: Session): readonly string[] {
  const socket = readVariable(session.around, "TINA_TMUX_SOCKET")
  return socket === undefined ? [] : ["-L", socket]
}
