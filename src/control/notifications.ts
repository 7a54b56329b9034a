/**
 * What the daemon sends unasked, on the client's side: recognised, and kept until it is taken. A taker who
 * is far behind loses the oldest and is told so, as the daemon itself would tell it.
 */
import { eventRecord, laggedRecord } from "../api/events.ts"
import type { EventRecord, LaggedRecord } from "../api/events.ts"

export type Notification =
  | { readonly kind: "event"; readonly record: EventRecord }
  | { readonly kind: "lagged"; readonly record: LaggedRecord }

/** Undefined for anything else. */
export function parseNotification(
  message: Readonly<Record<string, unknown>>,
): Notification | undefined {
  if (message["method"] === "event") {
    const event = eventRecord().safeParse(message["params"])
    return event.success ? { kind: "event", record: event.data } : undefined
  }
  if (message["method"] === "lagged") {
    const lagged = laggedRecord().safeParse(message["params"])
    return lagged.success ? { kind: "lagged", record: lagged.data } : undefined
  }
  return undefined
}

export interface Inbox {
  put(notification: Notification): void
  /** Forgets what has not been taken yet. */
  skip(): void
  /** Nothing more will come: `take` ends after what is there. */
  close(): void
  take(): AsyncGenerator<Notification, void>
}

const capacity = 1_000

export function createInbox(): Inbox {
  let waiting: Notification[] = []
  let isClosed = false
  let wake = () => {}

  return {
    put(notification) {
      if (waiting.length >= capacity) {
        waiting = [{ kind: "lagged", record: { cursor: notification.record.cursor } }]
      } else {
        waiting.push(notification)
      }
      wake()
    },
    skip() {
      waiting = []
    },
    close() {
      isClosed = true
      wake()
    },
    async *take() {
      for (;;) {
        const next = waiting.shift()
        if (next !== undefined) yield next
        else if (isClosed) return
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
}
