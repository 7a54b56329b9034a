/**
 * The difference between what the files say now and what we have promised the deployment, as a list of
 * changes, and what a list of changes makes of a promise. Pure: `apply(diff(a, b), b) = a`, `diff(a, a)` is empty.
 */
import type { Promised, Value } from "./promise.ts"

/** Values by snapshot key. `undefined`: the source of that key is gone. */
export type Desired = ReadonlyMap<string, Value | undefined>

export type Change =
  | {
      readonly type: "put"
      readonly key: string
      readonly before?: Promised
      readonly after: Value
    }
  | { readonly type: "end"; readonly key: string; readonly before: Promised }

/** Changes for the keys of `desired`, in its order. A key that is not in it is left alone. */
export function diff(desired: Desired, promised: ReadonlyMap<string, Promised>): Change[] {
  const changes: Change[] = []
  for (const [key, after] of desired) {
    const before = promised.get(key)
    if (after !== undefined) {
      if (before === undefined) changes.push({ type: "put", key, after })
      else if (before.ended || !Bun.deepEquals(before.value, after, true)) {
        changes.push({ type: "put", key, before, after })
      }
    } else if (before !== undefined && !before.ended) {
      changes.push({ type: "end", key, before })
    }
  }
  return changes
}

/** The promise after the changes; an ended thing keeps its last value. `recordedAt`: ISO 8601. */
export function applyChanges(
  changes: readonly Change[],
  promised: ReadonlyMap<string, Promised>,
  recordedAt: string,
): Map<string, Promised> {
  const next = new Map(promised)
  for (const change of changes) next.set(change.key, promiseAfter(change, recordedAt))
  return next
}

export function promiseAfter(change: Change, recordedAt: string): Promised {
  if (change.type === "end") return { ...change.before, ended: true, recordedAt }
  const { before, after } = change
  const sameStatus =
    before !== undefined && !before.ended && statusOf(before.value) === statusOf(after)
  const statusSince = sameStatus ? before.statusSince : recordedAt
  return { value: after, ended: false, recordedAt, statusSince }
}

function statusOf(value: Value): string | undefined {
  return "status" in value ? value.status : undefined
}
