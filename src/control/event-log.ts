/**
 * The last events, so that a subscriber who was away can go on where it stopped. It owns a ring in memory
 * and, across a clean restart, one file. A cursor is `EPOCH-NUMBER`: whoever asks for what came after one
 * gets either every event after it or word that some are gone (`lagged`), never a silent gap. The file is
 * read and removed at the start: after a crash there is none, and a new epoch makes old cursors lag.
 */
import { randomBytes } from "node:crypto"
import { rm } from "node:fs/promises"
import { z } from "zod"
import type { EventName, EventPayload, EventRecord, LaggedRecord } from "../api/events.ts"
import { eventRecord } from "../api/events.ts"
import { untilAborted } from "../base/async.ts"
import { TinaError } from "../base/errors.ts"
import { readFileLimited, writeFileAtomic } from "../base/files.ts"
import { parseJson } from "../base/json.ts"
import { lazy } from "../base/lazy.ts"

export interface EventLog extends AsyncDisposable {
  append<N extends EventName>(event: N, payload: EventPayload<N>): void
  /** The cursor after the newest event. */
  cursor(): string
  /** What came after `cursor`, and the cursor to ask with next. */
  after(cursor: string): EventsAfter
  /** Settles when something has been appended, or when the signal aborts. */
  grown(signal: AbortSignal): Promise<void>
}

export interface EventsAfter {
  readonly lagged?: LaggedRecord
  readonly events: readonly EventRecord[]
  readonly cursor: string
}

export interface EventLogOptions {
  readonly now: () => number
  /** How many events are kept. */
  readonly capacity?: number
}

const maxFileBytes = 16 * 1024 * 1024

const savedLog = lazy(() =>
  z.strictObject({
    epoch: z.string().regex(/^[0-9a-f]{1,16}$/),
    next: z.int().nonnegative(),
    events: z.array(eventRecord()),
  }),
)

type SavedLog = z.infer<ReturnType<typeof savedLog>>

/** Takes over the events in the file at `path`, if the last holder closed cleanly. */
export async function openEventLog(path: string, options: EventLogOptions): Promise<EventLog> {
  const { now, capacity = 1_000 } = options
  const saved = readSaved(path) ?? newLog()
  await rm(path, { force: true })
  const { epoch } = saved
  let { next, events } = saved
  let growth = Promise.withResolvers<void>()
  const cursorAt = (number: number) => `${epoch}-${number}`

  function after(cursor: string): EventsAfter {
    const kept = Math.min(events.length, capacity)
    const first = next - kept
    const wanted = numberOf(cursor, epoch)
    const newest = cursorAt(next)
    if (wanted === undefined || wanted > next) {
      return { lagged: { cursor: newest }, events: [], cursor: newest }
    }
    if (wanted >= first)
      return { events: wanted === next ? [] : events.slice(wanted - next), cursor: newest }
    const lagged = { cursor: cursorAt(first), missed: first - wanted }
    return { lagged, events: events.slice(-kept), cursor: newest }
  }

  return {
    append(event, payload) {
      next++
      const record = { cursor: cursorAt(next), at: new Date(now()).toISOString(), event, payload }
      events.push(record)
      // Seldom, and as a copy: to shift, or to copy at each event, would cost as much as a thousand of them.
      if (events.length >= 2 * capacity) events = events.slice(-capacity)
      growth.resolve()
      growth = Promise.withResolvers()
    },
    cursor: () => cursorAt(next),
    after,
    async grown(signal) {
      await untilAborted(growth.promise, signal).catch(() => {})
    },
    async [Symbol.asyncDispose]() {
      const log: SavedLog = { epoch, next, events: events.slice(-capacity) }
      // Without the file every cursor lags after the restart, which is no reason to fail now.
      await writeFileAtomic(path, JSON.stringify(log)).catch(ignoreFailure)
    },
  }
}

function ignoreFailure(error: unknown): void {
  if (!(error instanceof TinaError)) throw error
}

function newLog(): SavedLog {
  return { epoch: randomBytes(4).toString("hex"), next: 0, events: [] }
}

function readSaved(path: string): SavedLog | undefined {
  const file = readFileLimited(path, maxFileBytes)
  if (file.status !== "read") return undefined
  const json = parseJson(new TextDecoder().decode(file.bytes))
  if (!json.ok) return undefined
  const saved = savedLog().safeParse(json.value)
  return saved.success && saved.data.events.length <= saved.data.next ? saved.data : undefined
}

/** The number in a cursor of this epoch. */
function numberOf(cursor: string, epoch: string): number | undefined {
  const match = /^([0-9a-f]+)-(\d{1,15})$/.exec(cursor)
  return match?.[1] === epoch ? Number(match[2]) : undefined
}
