/**
 * The inbox of a team's member as Claude Code keeps it: `inboxes/{agent}.json` in the team's directory, an array
 * of messages that its owner marks as read. It is changed under the lock that Claude Code takes for it, a directory
 * beside the file; one that nobody has touched for ten seconds was left by a dead process.
 */
import { rmSync, statSync } from "node:fs"
import { mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { systemCodeOf, TinaError } from "../../base/errors.ts"
import { readFileLimited, writeFileAtomic } from "../../base/files.ts"
import { makeDirectory } from "../make-directory.ts"
import { parseJson } from "../read-json.ts"
import { nowOf, type Session } from "../session.ts"

const maxInboxBytes = 32 * 1024 * 1024
const patienceMs = 5_000
const staleAfterMs = 10_000
const retryMs = 20
const summaryLength = 60

export interface Message {
  readonly from: string
  readonly text: string
}

/** Puts the message at the end. TinaError `conflict` while somebody else writes, `io` for a file that is none. */
export async function deliver(
  session: Session,
  inbox: string,
  { from, text }: Message,
): Promise<void> {
  await makeDirectory(join(inbox, ".."), { mode: 0o700 })
  await using _lock = await lock(session, `${inbox}.lock`)
  const message = { from, text, summary: summaryOf(text), timestamp: nowOf(session).toISOString() }
  const messages = [...readMessages(inbox), { ...message, read: false }]
  await writeFileAtomic(inbox, `${JSON.stringify(messages, null, 2)}\n`)
}

/** TinaError `usage` for a name that cannot be a file's. */
export function inboxOf(teamDirectory: string, agent: string): string {
  if (/^[^./\\\p{Cc}][^/\\\p{Cc}]{0,199}$/u.test(agent)) {
    return join(teamDirectory, "inboxes", `${agent}.json`)
  }
  throw new TinaError("usage", `cannot write to ${JSON.stringify(agent)}: it is no member's name`)
}

function readMessages(inbox: string): readonly unknown[] {
  const reading = readFileLimited(inbox, maxInboxBytes)
  if (reading.status === "missing") return []
  const json =
    reading.status === "read" ? parseJson(new TextDecoder().decode(reading.bytes)) : undefined
  if (Array.isArray(json)) return json
  throw new TinaError("io", `cannot write to ${inbox}: what is there is not a list of messages`)
}

function summaryOf(text: string): string {
  const [line = ""] = text.trim().split("\n")
  return line.length <= summaryLength ? line : `${line.slice(0, summaryLength - 1)}…`.toWellFormed()
}

async function lock({ clock, signal }: Session, path: string): Promise<AsyncDisposable> {
  const until = clock.now() + patienceMs
  while (!(await tryLock(path))) {
    if (clock.now() >= until) {
      throw new TinaError("conflict", `cannot write a message: ${path} has been held for long`)
    }
    removeStale(path, clock.now())
    await clock.sleep(retryMs, signal)
  }
  return { [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

async function tryLock(path: string): Promise<boolean> {
  try {
    await mkdir(path)
    return true
  } catch (error) {
    if (systemCodeOf(error) === "EEXIST") return false
    throw error
  }
}

/** At once, so that it is not another's new lock that goes. */
function removeStale(path: string, now: number): void {
  const stats = statSync(path, { throwIfNoEntry: false })
  const isOld = stats !== undefined && now - stats.mtimeMs > staleAfterMs
  if (isOld) rmSync(path, { recursive: true, force: true })
}
