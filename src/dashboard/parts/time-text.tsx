/** Times that say how long ago, and exactly when to who asks. */
import { useNow } from "../live/page-clock.ts"
import { formatAgo, formatExact, formatMoment, instantOf } from "../view/time.ts"

interface Props {
  /** ISO text or milliseconds. */
  readonly at: string | number | null | undefined
}

export function Ago({ at }: Props) {
  const now = useNow()
  const instant = toInstant(at)
  if (instant === undefined) return <span className="faint">unknown</span>
  return <Exact instant={instant}>{formatAgo(instant, now)}</Exact>
}

/** "12:04" today, with the day before that. */
export function Moment({ at }: Props) {
  const now = useNow()
  const instant = toInstant(at)
  if (instant === undefined) return <span className="faint">unknown</span>
  return <Exact instant={instant}>{formatMoment(instant, now)}</Exact>
}

function Exact({ instant, children }: { readonly instant: number; readonly children: string }) {
  return (
    <time dateTime={new Date(instant).toISOString()} title={formatExact(instant)} className="num">
      {children}
    </time>
  )
}

function toInstant(at: Props["at"]): number | undefined {
  return typeof at === "number" ? at : instantOf(at)
}
