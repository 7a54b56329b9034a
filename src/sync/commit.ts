/**
 * Promises what a look found: the difference to what was promised goes into the snapshot and the outbox in one
 * transaction, so that after a crash either both know of it or neither does.
 */
import type { Store } from "../store/open.ts"
import { type Change, diff, promiseAfter } from "./diff.ts"
import type { SourceLook } from "./look.ts"
import { enqueue, type Enqueueing } from "./outbox.ts"
import { endOf, type Promised, toDocument, type Value } from "./promise.ts"
import type { Promises } from "./promises.ts"
import { transitionsOf } from "./transitions.ts"

export interface CommitDeps {
  readonly store: Pick<Store, "transaction">
  readonly promises: Promises
  readonly outbox: Enqueueing
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly newId: () => string
  readonly teamOf: TeamOf
}

/** The orchestration and phase of a present team; undefined for one that is gone. */
export type TeamOf = Parameters<typeof transitionsOf>[2]

export interface Committed {
  readonly changed: readonly Promised[]
  /** Directories of the teams that a change was about. */
  readonly teams: ReadonlySet<string>
}

export function commit(looks: readonly SourceLook[], deps: CommitDeps): Committed {
  const teams = new Set<string>()
  const promisedNow: Promised[] = []
  deps.store.transaction(() => {
    for (const look of looks) {
      const changed = changesOf(look, deps.promises)
      for (const change of changed) {
        promisedNow.push(promise(look, change, deps))
        const dir = teamDirOf(change)
        if (dir !== undefined) teams.add(dir)
      }
      const stamp = { recordedAt: toIso(deps.now()), newId: deps.newId }
      for (const event of transitionsOf(changed, stamp, deps.teamOf)) {
        enqueue(deps.outbox, event.eventId, event)
      }
    }
  })
  return { changed: promisedNow, teams }
}

function changesOf({ source, whole, desired }: SourceLook, promises: Promises): Change[] {
  if (!whole) {
    const rows = [...desired.keys()].flatMap((key) => {
      const row = promises.get(source, key)
      return row === undefined ? [] : [[key, row] as const]
    })
    return diff(desired, new Map(rows))
  }
  const rows = promises.all(source)
  const everything = new Map<string, Value | undefined>(desired)
  for (const key of rows.keys()) if (!everything.has(key)) everything.set(key, undefined)
  return diff(everything, rows)
}

function promise(look: SourceLook, change: Change, deps: CommitDeps): Promised {
  const recordedAt = recordedAtOf(look, change.key, deps)
  const promised = promiseAfter(change, recordedAt)
  deps.promises.put(look.source, change.key, promised)
  const document =
    change.type === "put"
      ? toDocument(promised.value, { recordedAt, newId: deps.newId })
      : endDocument(promised, toIso(deps.now()))
  if (document !== undefined) enqueue(deps.outbox, change.key, document)
  return promised
}

export function endDocument({ value }: Promised, endedAt: string) {
  const of = endOf(value)
  return of === undefined ? undefined : { kind: "end" as const, of, endedAt }
}

/** When the file was written, unless its clock is ahead of ours; else now. */
function recordedAtOf(look: SourceLook, key: string, { now }: CommitDeps): string {
  return toIso(Math.min(now(), look.modifiedMsByKey?.get(key) ?? Number.POSITIVE_INFINITY))
}

function teamDirOf(change: Change): string | undefined {
  const value = change.type === "put" ? change.after : change.before.value
  if (value.kind === "team") return value.dir
  return value.kind === "member" || value.kind === "task" ? value.team : undefined
}

function toIso(ms: number): string {
  return new Date(ms).toISOString()
}
