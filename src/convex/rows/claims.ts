/**
 * Claims on actions. One claimer at a time holds an action, for a lease; only the fencing number of the
 * last claim is heard. A lease that ran out takes the action from a claimer who had not started it; one
 * that was started is never handed to another.
 *
 *   pending -> claimed -> started -> completed | failed | unknown
 *      ^----------'           '-- lease over --> unknown -> completed | failed (the claimer reports late)
 *      lease over
 */
import type { Doc } from "../_generated/dataModel"
import { refuse } from "../refusal.ts"
import type { Writer } from "./batch.ts"

export type Action = Doc<"inboundActions">

type Lost = { readonly success: false; readonly reason: "already_claimed" | "lost" }

interface Lease {
  readonly now: number
  readonly leaseMs?: number | undefined
}

export interface Report {
  readonly fence: number
  readonly status: "completed" | "failed" | "unknown"
  readonly result: string
}

const defaultLeaseMs = 60_000
const longestLeaseMs = 600_000

const lost = { success: false, reason: "lost" } as const satisfies Lost

/** The result of an action whose claimer started it and was not heard of again. */
const silence = JSON.stringify({
  success: false,
  error_code: "lease_expired",
  message: "the node started this and was not heard of again: whether it took effect is unknown",
})

/** A claimer that asks again, because it did not hear the answer, has the same claim. */
export async function claim(
  db: Writer,
  found: Action,
  { claimer, now, leaseMs }: Lease & { readonly claimer?: string | undefined },
): Promise<{ success: true; fence: number; leaseUntil: number } | Lost> {
  const action = await expireLease(db, found, now)
  const isMine = claimer !== undefined && action.claimedBy === claimer
  const isRepeat = action.status === "claimed" && isMine
  if (action.status !== "pending" && !isRepeat) return { success: false, reason: "already_claimed" }
  const fence = isRepeat ? action.fence : action.fence + 1
  const leaseUntil = leaseEnd({ now, leaseMs })
  const { deliveredAt = now } = action
  const held = { claimedAt: now, claimedBy: claimer, fence, leaseUntil, deliveredAt }
  await db.patch(action._id, { status: "claimed", ...held })
  return { success: true, fence, leaseUntil }
}

/** A started action stays with its claimer even when this comes late: nobody else may run it. */
export async function renew(
  db: Writer,
  found: Action,
  { fence, now, leaseMs }: Lease & { readonly fence: number },
): Promise<{ success: true; leaseUntil: number } | Lost> {
  const action = found.status === "started" ? found : await expireLease(db, found, now)
  if (!isRunning(action) || !isHeldWith(action, fence)) return lost
  const leaseUntil = leaseEnd({ now, leaseMs })
  await db.patch(action._id, { leaseUntil })
  return { success: true, leaseUntil }
}

export async function start(
  db: Writer,
  found: Action,
  { fence, now }: Lease & { readonly fence: number },
): Promise<{ success: true } | Lost> {
  const action = await expireLease(db, found, now)
  if (!isRunning(action) || !isHeldWith(action, fence)) return lost
  if (action.status === "claimed") {
    await db.patch(action._id, { status: "started", startedAt: now })
  }
  return { success: true }
}

/** The first report counts, except that certainty replaces `unknown`. */
export async function complete(
  db: Writer,
  found: Action,
  { fence, status, result, now }: Report & Lease,
): Promise<void> {
  const action = await expireLease(db, found, now)
  if (!isHeldWith(action, fence)) {
    refuse("conflict", `the claim ${fence} on action ${action._id} was lost`)
  }
  const isSurer = action.status === "unknown" && (status !== "unknown" || action.result === silence)
  if (isFinished(action) && !isSurer) return
  await db.patch(action._id, { status, result, completedAt: now, leaseUntil: undefined })
}

export function isFinished({ status }: Action): boolean {
  return status === "completed" || status === "failed" || status === "unknown"
}

/** Writes what the end of a lease means, if it has ended, and answers the action as it is now. */
export async function expireLease(db: Writer, action: Action, now: number): Promise<Action> {
  if (!isRunning(action) || action.leaseUntil === undefined || action.leaseUntil >= now) {
    return action
  }
  const released = { claimedAt: undefined, claimedBy: undefined, leaseUntil: undefined }
  const silent = { completedAt: now, result: silence, leaseUntil: undefined }
  if (action.status === "claimed") await db.patch(action._id, { status: "pending", ...released })
  else await db.patch(action._id, { status: "unknown", ...silent })
  return (await db.get(action._id)) ?? action
}

function isRunning({ status }: Action): boolean {
  return status === "claimed" || status === "started"
}

function isHeldWith(action: Action, fence: number): boolean {
  return action.fence === fence && action.status !== "pending"
}

function leaseEnd({ now, leaseMs = defaultLeaseMs }: Lease): number {
  return now + Math.min(Math.max(leaseMs, 0), longestLeaseMs)
}
