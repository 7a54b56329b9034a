/** The events of an orchestration as the rows of a list, and how many of them wait to be shown. Pure. */
import type { api } from "../../convex/_generated/api.js"
import type { FunctionReturnType } from "convex/server"
import type { ListRow } from "./list-move.ts"
import { plainText } from "./plain-text.ts"
import type { Tone } from "./tone.ts"

export type OrchestrationEvent = FunctionReturnType<typeof api.events.listEvents>["page"][number]

export interface EventRow extends ListRow {
  readonly id: string
  readonly eventType: string
  /** The type in words. */
  readonly type: string
  readonly tone: Tone
  readonly summary: string
  readonly phase: string
  readonly recordedAt: string
}

export interface EventRows {
  readonly rows: EventRow[]
  /** The id of the newest event, shown or not. */
  readonly newest: string | undefined
  /** How many are newer than the one up to which the list is shown. */
  readonly hidden: number
}

/** All of them, or those from `upTo` on when somebody is reading and new ones have to wait. */
export function eventRowsOf(
  events: readonly OrchestrationEvent[],
  upTo: string | undefined,
): EventRows {
  const from =
    upTo === undefined
      ? 0
      : Math.max(
          0,
          events.findIndex(({ _id }) => _id === upTo),
        )
  return {
    rows: events.slice(from).map(rowOf),
    newest: events[0]?._id,
    hidden: from,
  }
}

function rowOf(event: OrchestrationEvent): EventRow {
  const { _id: id, eventType, summary, phaseNumber, recordedAt } = event
  return {
    key: `event:${id}`,
    level: 1,
    id,
    eventType,
    type: eventType.replaceAll("_", " "),
    tone: toneOf(eventType),
    summary: plainText(summary),
    phase: phaseNumber === undefined ? "" : `phase ${phaseNumber}`,
    recordedAt,
  }
}

function toneOf(eventType: string): Tone {
  if (/error|fail|blocked/.test(eventType)) return "failed"
  if (/complete|pass/.test(eventType)) return "done"
  if (/pause|retry|gaps|warning/.test(eventType)) return "waiting"
  return /start|resume/.test(eventType) ? "running" : "ended"
}
