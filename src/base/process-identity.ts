/**
 * What tells a process from a later one that got the same number: when it started, and in which run of the
 * system. With it a program that a crash left behind can be ended without ever hitting somebody else's.
 */
import { readdirSync, readFileSync } from "node:fs"
import { killGroup } from "./process.ts"

/** Undefined when there is no such process, or only what is left of one that has ended. */
export function processIdentity(pid: number): string | undefined {
  return process.platform === "linux" ? linuxIdentity(pid) : identityByPs(pid)
}

/**
 * Ends what is left of the group that this process led; true when there was something. On Linux also when the
 * leader is gone and others of its session go on; elsewhere only while the leader itself runs.
 */
export function killOrphanGroup(pid: number, identity: string): boolean {
  const isOurs = processIdentity(pid) === identity || hasOrphans(pid, identity)
  if (isOurs) killGroup(pid, "SIGKILL")
  return isOurs
}

interface Stat {
  readonly state: string
  readonly group: number
  readonly session: number
  /** In ticks since the system started. */
  readonly startedAt: number
}

function readStat(pid: number | string): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1")
    // The name stands in parentheses and may hold anything, parentheses too.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ")
    const [state = "", , group, session] = fields
    return { state, group: Number(group), session: Number(session), startedAt: Number(fields[19]) }
  } catch {
    return undefined
  }
}

function linuxIdentity(pid: number): string | undefined {
  const stat = readStat(pid)
  if (stat === undefined || stat.state === "Z" || stat.state === "X") return undefined
  return `${bootId()}/${stat.startedAt}`
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()
}

/** Members of the group and session that started after their leader, which has ended. */
function hasOrphans(leader: number, identity: string): boolean {
  if (process.platform !== "linux" || linuxIdentity(leader) !== undefined) return false
  const [boot, startedAt] = identity.split("/")
  if (boot !== bootId()) return false
  return readdirSync("/proc").some((name) => {
    const stat = /^\d+$/.test(name) ? readStat(name) : undefined
    if (stat?.group !== leader || stat.session !== leader || stat.state === "Z") return false
    return stat.startedAt >= Number(startedAt)
  })
}

function identityByPs(pid: number): string | undefined {
  const { stdout } = Bun.spawnSync(["ps", "-o", "stat=,lstart=", "-p", String(pid)])
  const [state = "", ...started] = stdout.toString().trim().split(/\s+/)
  return state === "" || state.startsWith("Z") ? undefined : started.join(" ")
}
