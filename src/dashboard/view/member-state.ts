/** What a member is doing, told from the tasks that it owns, and since when. */
import { stallMs } from "./needs.ts"
import { plainText } from "./plain-text.ts"
import type { Member, Task } from "./rows.ts"
import { formatDuration, instantOf } from "./time.ts"

export interface MemberState {
  readonly state: "working" | "idle" | "stalled" | "gone"
  /** A phrase: what it works on, or how long it has been without work. */
  readonly reason: string
}

/** `tasks` are those of the member's team. */
export function memberStateOf(member: Member, tasks: readonly Task[], now: number): MemberState {
  const endedAt = instantOf(member.endedAt)
  if (endedAt !== undefined) return { state: "gone", reason: `left ${age(endedAt, now)} ago` }
  const own = tasks.filter((task) => isOwner(member, task))
  const current = own.find((task) => task.status === "in_progress" && !task.internal)
  if (current === undefined) return idleState(member, own, now)
  const changedAt = newest(tasks.map((task) => task.updatedAt)) ?? now
  const since = instantOf(current.statusSince) ?? now
  if (now - changedAt >= stallMs) {
    return {
      state: "stalled",
      reason: `no change for ${age(changedAt, now)}: ${plainText(current.subject)}`,
    }
  }
  return { state: "working", reason: `${plainText(current.subject)}, ${age(since, now)}` }
}

function idleState(member: Member, own: readonly Task[], now: number): MemberState {
  const finishedAt = newest(own.map((task) => task.statusSince)) ?? instantOf(member.joinedAt)
  if (finishedAt === undefined) return { state: "idle", reason: "has no task" }
  const after = own.length === 0 ? "without a task since it joined" : "since its last task"
  return { state: "idle", reason: `for ${age(finishedAt, now)}, ${after}` }
}

/** A task names its owner as `name` or `name@team`. */
export function isOwner(member: Member, { owner }: Task): boolean {
  return owner === member.agentName || owner?.startsWith(`${member.agentName}@`) === true
}

function newest(times: readonly string[]): number | undefined {
  const instants = times.flatMap((iso) => instantOf(iso) ?? [])
  return instants.length === 0 ? undefined : Math.max(...instants)
}

function age(at: number, now: number): string {
  return formatDuration(now - at)
}
