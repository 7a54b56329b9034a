/**
 * The methods that the control room answers itself: whether it listens, what may be asked, and the stream
 * of events. A subscriber is only a cursor into the event log: one that reads slowly costs nothing, falls
 * behind, and is told so (`lagged`) when events it has not seen are gone.
 */
import type { Handlers, Input, Notify } from "../api/methods.ts"
import { methodViews } from "../api/reference.ts"
import type { EventLog } from "./event-log.ts"

export interface ControlHandlersDeps {
  readonly events: EventLog
  readonly now: () => number
}

export function controlHandlers({
  events,
  now,
}: ControlHandlersDeps): Pick<Handlers, "ping" | "methods.list" | "events.subscribe"> {
  return {
    ping: () => ({ pong: true, timestamp: new Date(now()).toISOString() }),
    "methods.list": () => ({ methods: methodViews() }),
    "events.subscribe": ({ topics, since = events.cursor() }, { stream, signal }) => {
      stream?.((notify) => follow(events, { topics, since, signal, notify }))
      return { cursor: since }
    },
  }
}

interface Subscription {
  readonly topics: Input<"events.subscribe">["topics"]
  readonly since: string
  readonly signal: AbortSignal
  readonly notify: Notify
}

async function follow(
  log: EventLog,
  { topics, since, signal, notify }: Subscription,
): Promise<void> {
  const wanted = topics && new Set<string>(topics)
  let position = since
  while (!signal.aborted) {
    const { lagged, events, cursor } = log.after(position)
    if (lagged) await notify("lagged", lagged)
    for (const record of events) {
      if (signal.aborted) return
      if (wanted?.has(record.event) ?? true) await notify("event", record)
    }
    position = cursor
    if (log.cursor() === position) await log.grown(signal)
  }
}
