/**
 * The instance that holds a state directory, as another process sees it: whether there is one, which
 * process it is, and how to end that process. Whether there is one is decided by the lock alone; the rest is
 * what that instance wrote of itself. It takes nothing and changes nothing but the process it is told to end.
 */
import { Database } from "bun:sqlite"
import { existsSync } from "node:fs"
import { z } from "zod"
import type { Clock } from "../base/clock.ts"
import { TinaError, systemCodeOf } from "../base/errors.ts"
import { readFileLimited } from "../base/files.ts"
import { parseJson } from "../base/json.ts"
import { killGroup } from "../base/process.ts"
import type { StatePaths } from "../config/paths.ts"

const instanceSchema = z.object({
  pid: z.int().positive(),
  version: z.string().optional(),
  startedAt: z.string().optional(),
  /** The words after the program's name with which it was started. */
  argv: z.array(z.string()).optional(),
})

export type Instance = z.infer<typeof instanceSchema>

/** What the instance says of itself; it may be a leftover of one that was killed. */
export function readInstance(paths: Pick<StatePaths, "info">): Instance | undefined {
  const file = readFileLimited(paths.info, 64 * 1024)
  if (file.status !== "read") return undefined
  const json = parseJson(new TextDecoder().decode(file.bytes))
  return json.ok ? instanceSchema.safeParse(json.value).data : undefined
}

/**
 * Whether an instance runs, however it is. It looks without taking the lock, but a daemon that tries for the
 * lock in that very moment may find it busy: ask only where an instance is expected.
 */
export function isLockHeld(paths: Pick<StatePaths, "lock">): boolean {
  if (!existsSync(paths.lock)) return false
  let db: Database | undefined
  try {
    db = new Database(paths.lock, { readonly: true })
    db.run("pragma busy_timeout = 0")
    db.query("select 1 from sqlite_master limit 1").all()
    return false
  } catch (error) {
    const code = systemCodeOf(error) ?? ""
    return code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")
  } finally {
    db?.close()
  }
}

export interface WaitOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly ms: number
}

const pauseMs = 25

/** Whether the lock was given up in time. */
export async function waitForEnd(
  paths: Pick<StatePaths, "lock">,
  { clock, signal, ms }: WaitOptions,
): Promise<boolean> {
  for (let waitedMs = 0; isLockHeld(paths); waitedMs += pauseMs) {
    if (waitedMs >= ms) return false
    await clock.sleep(pauseMs, signal)
  }
  return true
}

/** Asks the process to end, and after a grace ends its whole group. TinaError `io` if nothing helps. */
export async function terminateInstance(
  pid: number,
  paths: Pick<StatePaths, "lock" | "dir">,
  options: Omit<WaitOptions, "ms">,
): Promise<void> {
  signalProcess(pid, "SIGTERM")
  if (await waitForEnd(paths, { ...options, ms: 12_000 })) return
  killGroup(pid, "SIGKILL")
  signalProcess(pid, "SIGKILL")
  if (await waitForEnd(paths, { ...options, ms: 3_000 })) return
  throw new TinaError("io", `cannot stop the daemon in ${paths.dir}: process ${pid} does not end`, {
    hint: `ps -p ${pid}`,
  })
}

function signalProcess(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === "ESRCH") return
    throw new TinaError("denied", `cannot stop process ${pid}: ${code ?? "unknown reason"}`, {
      cause: error,
    })
  }
}
