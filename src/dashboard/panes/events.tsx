/** What happened, newest first. What is new while somebody reads further down is counted, not pushed in. */
import { type RefObject, useMemo, useRef, useState } from "react"
import { api } from "../../convex/_generated/api.js"
import type { Id } from "../../convex/_generated/dataModel.js"
import { useLive } from "../live/use-live.ts"
import { go } from "../live/use-route.ts"
import { Failed } from "../parts/empty.tsx"
import { Moment } from "../parts/time-text.tsx"
import { TreeList } from "../parts/tree-list.tsx"
import { type EventRow, eventRowsOf } from "../view/event-rows.ts"
import type { Detail } from "../view/route.ts"

interface Props {
  readonly orchestrationId: Id<"orchestrations">
  readonly selected: Detail | undefined
  readonly scroller: RefObject<HTMLElement | null>
}

const pageSize = 50
const mostShown = 1000

export function Events({ orchestrationId, selected, scroller }: Props) {
  const [shown, setShown] = useState(pageSize)
  const [type, setType] = useState("")
  const live = useLive(api.events.listEvents, {
    orchestrationId,
    ...(type === "" ? {} : { eventType: type }),
    paginationOpts: { numItems: shown, cursor: null },
  })
  const page = live.status === "ready" ? live.value : undefined
  const [readUpTo, setReadUpTo] = useState<string>()
  const [isPointed, setIsPointed] = useState(false)
  const isReading = isPointed || (scroller.current?.scrollTop ?? 0) > 200
  const { rows, newest, hidden } = useMemo(
    () => eventRowsOf(page?.page ?? [], isReading ? readUpTo : undefined),
    [page, isReading, readUpTo],
  )
  if (!isReading && newest !== undefined && newest !== readUpTo) setReadUpTo(newest)
  const types = useSeen(rows.map(({ eventType }) => eventType))
  if (live.status === "failed") return <Failed what="the events" reason={live.reason} />
  if (rows.length === 0 && type === "") return null
  return (
    <section
      className="events"
      aria-labelledby="events"
      onPointerEnter={({ pointerType }) => setIsPointed(pointerType === "mouse")}
      onPointerLeave={() => setIsPointed(false)}
    >
      <div className="list-head">
        <h2 id="events" className="section-heading">
          Events
        </h2>
        <TypeFilter type={type} types={types} onChange={setType} />
        {hidden === 0 ? null : (
          <button type="button" className="link-button" onClick={() => setReadUpTo(newest)}>
            {hidden} new
          </button>
        )}
      </div>
      {rows.length === 0 ? <p className="faint none">No event of this type.</p> : null}
      {rows.length === 0 ? null : (
        <TreeList
          label="Events, newest first"
          rows={rows}
          selectedKey={selected?.kind === "event" ? `event:${selected.id}` : undefined}
          scroller={scroller}
          arrangement={rows}
          onOpen={(row) =>
            go({
              screen: "orchestration",
              id: orchestrationId,
              detail: { kind: "event", id: row.id },
            })
          }
          renderRow={(row) => <EventLine row={row} />}
        />
      )}
      {page?.isDone === false && shown < mostShown ? (
        <button type="button" className="more-button" onClick={() => setShown(shown + pageSize)}>
          Show older events
        </button>
      ) : null}
    </section>
  )
}

function EventLine({ row }: { readonly row: EventRow }) {
  return (
    <span className="line is-event">
      <Moment at={row.recordedAt} />
      <span className={`event-type tone-${row.tone}`}>{row.type}</span>
      <span className="title" dir="auto">
        {row.summary}
      </span>
      <span className="aside faint clip">{row.phase}</span>
    </span>
  )
}

interface TypeFilterProps {
  readonly type: string
  readonly types: readonly string[]
  readonly onChange: (type: string) => void
}

/** Every text that was there at any time, in order: choosing one must not take away the others. */
function useSeen(texts: readonly string[]): readonly string[] {
  const seen = useRef(new Set<string>())
  for (const text of texts) seen.current.add(text)
  return [...seen.current].sort()
}

function TypeFilter({ type, types, onChange }: TypeFilterProps) {
  return (
    <label className="filter">
      <span className="unseen">Type of event</span>
      <select value={type} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">all types</option>
        {types.map((each) => (
          <option key={each} value={each}>
            {each.replaceAll("_", " ")}
          </option>
        ))}
      </select>
    </label>
  )
}
