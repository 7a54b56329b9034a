/** Where the minutes went, as one bar: planning, execution and review of each phase. A table says the same to a screen reader. */
import { useNow } from "../live/page-clock.ts"
import type { Phase } from "../view/rows.ts"
import { type Segment, timelineOf } from "../view/timeline.ts"
import { formatDuration } from "../view/time.ts"

export function Timeline({ phases }: { readonly phases: readonly Phase[] }) {
  const now = useNow()
  const segments = timelineOf(phases, now)
  if (segments.length === 0) return null
  const byPhase = Map.groupBy(segments, ({ phaseNumber }) => phaseNumber)
  return (
    <figure className="timeline" aria-label="Minutes by phase">
      <div className="timeline-bar">
        {[...byPhase].map(([number, parts]) => (
          <PhasePart key={number} number={number} parts={parts} />
        ))}
      </div>
      <figcaption className="timeline-legend">
        <span className="key-plan">plan</span>
        <span className="key-execute">execute</span>
        <span className="key-review">review</span>
      </figcaption>
    </figure>
  )
}

function PhasePart({
  number,
  parts,
}: {
  readonly number: string
  readonly parts: readonly Segment[]
}) {
  const minutes = parts.reduce((sum, part) => sum + part.minutes, 0)
  const text = parts
    .map(
      ({ stage, minutes: own, isRunning }) =>
        `${stage} ${minutesText(own)}${isRunning ? " so far" : ""}`,
    )
    .join(", ")
  return (
    <div
      className="timeline-phase"
      style={{ flexGrow: Math.max(minutes, 1) }}
      title={`Phase ${number}: ${text}`}
    >
      <div className="timeline-parts">
        {parts.map((part) => (
          <span
            key={part.stage}
            className={`stage-${part.stage}${part.isRunning ? " is-running" : ""}`}
            style={{ flexGrow: Math.max(part.minutes, 0.5) }}
          />
        ))}
      </div>
      <span className="timeline-label">
        <span className="timeline-number num">{number}</span>
        <span className="faint num">{minutesText(minutes)}</span>
      </span>
      <span className="unseen">
        Phase {number}: {text}
      </span>
    </div>
  )
}

function minutesText(minutes: number): string {
  return formatDuration(minutes * 60_000)
}
