/**
 * Starting Claude Code in a tmux session and giving it its first prompt. Claude is the session's only
 * program, so that a session that exists is a Claude that runs.
 */
import { TinaError } from "../../base/errors.ts"
import type { Session } from "../session.ts"
import {
  capturePane,
  hasSession,
  killSession,
  newSession,
  type NewTmuxSession,
  sendText,
} from "./tmux.ts"

const readyMarks = [">", "❯", "bypass permissions"]
/** A first start may ask whether to trust the directory; a prompt typed then would answer it. */
const question = /Enter to confirm|Do you trust|\b1\. (?:Yes|No)\b/
const pollMs = 100
export const startLimitMs = 60_000

/** The program that is found now on PATH, by its whole path. TinaError `not_found`. */
export function findClaude({ around }: Pick<Session, "around">): string {
  const path = Bun.which("claude", { PATH: around.env["PATH"] ?? "" })
  if (path !== null) return path
  throw new TinaError("not_found", "cannot start Claude Code: there is no claude on PATH", {
    hint: "claude --version",
  })
}

export interface Launch {
  readonly name: string
  readonly cwd: string
  readonly prompt: string
}

/** Starts Claude, waits until it takes input, and types the prompt. Leaves no session if that fails. */
export async function launchClaude(session: Session, launch: Launch): Promise<void> {
  const { name, cwd, prompt } = launch
  const argv: NewTmuxSession["argv"] = [findClaude(session), "--dangerously-skip-permissions"]
  await newSession(session, { name, cwd, argv })
  try {
    await waitUntilReady(session, name, startLimitMs)
    await sendText(session, name, prompt)
  } catch (error) {
    await killSession({ ...session, signal: new AbortController().signal }, name)
    throw error
  }
}

/** TinaError `not_running` if Claude ends, or shows no prompt within the time. */
export async function waitUntilReady(
  session: Session,
  name: string,
  limitMs: number,
): Promise<void> {
  const until = session.clock.now() + limitMs
  while (!(await isReady(session, name))) {
    if (session.clock.now() >= until)
      throw notReady(name, `not ready after ${limitMs / 1000} seconds`)
    await session.clock.sleep(pollMs, session.signal)
  }
}

async function isReady(session: Session, name: string): Promise<boolean> {
  if (!(await hasSession(session, name))) throw notReady(name, "it ended at once")
  const screen = await capturePane(session, name, 0)
  return !question.test(screen) && readyMarks.some((mark) => screen.includes(mark))
}

function notReady(name: string, reason: string): TinaError {
  return new TinaError("not_running", `cannot use Claude in the session ${name}: ${reason}`, {
    hint: "claude --dangerously-skip-permissions (in the worktree, to see what it asks)",
  })
}
