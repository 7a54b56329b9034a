/** One event with what was recorded beside its sentence. */
import { api } from "../../convex/_generated/api.js"
import { useLive } from "../live/use-live.ts"
import { Empty, Failed, Loading } from "../parts/empty.tsx"
import { Properties, Property } from "../parts/property.tsx"
import { Moment } from "../parts/time-text.tsx"
import { plainText } from "../view/plain-text.ts"
import { prettyJson } from "../view/pretty-json.ts"
import type { OrchestrationDetail } from "../view/rows.ts"

interface Props {
  readonly detail: OrchestrationDetail
  readonly eventId: string
}

export function EventDetail({ detail, eventId }: Props) {
  const live = useLive(api.board.event, { eventId })
  if (live.status === "loading") return <Loading />
  if (live.status === "failed") return <Failed what="the event" reason={live.reason} />
  const event = live.value
  if (event?.orchestrationId !== detail._id)
    return <Empty title="This event is not there any more" />
  return (
    <div className="detail-body">
      <h2 className="detail-title" dir="auto">
        {plainText(event.summary)}
      </h2>
      <Properties>
        <Property name="Type">{event.eventType.replaceAll("_", " ")}</Property>
        <Property name="When">
          <Moment at={event.recordedAt} />
        </Property>
        <Property name="Phase">{event.phaseNumber}</Property>
        <Property name="Source">{event.source}</Property>
      </Properties>
      {event.detail === undefined ? null : <pre>{prettyJson(event.detail)}</pre>}
    </div>
  )
}
