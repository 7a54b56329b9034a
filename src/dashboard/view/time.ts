/**
 * Times and durations as text. Relative ones are exact to the minute; exact ones are in the zone of the
 * reader. Nothing here reads the clock: `now` is always given.
 */

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** "<1m", "6m", "1h 12m", "3d 4h", "12d". A negative duration counts as none. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms) || ms < minuteMs) return "<1m"
  const days = Math.floor(ms / dayMs)
  const hours = Math.floor((ms % dayMs) / hourMs)
  const minutes = Math.floor((ms % hourMs) / minuteMs)
  if (days > 0) return hours === 0 || days >= 10 ? `${days}d` : `${days}d ${hours}h`
  if (hours > 0) return minutes === 0 ? `${hours}h` : `${hours}h ${minutes}m`
  return `${minutes}m`
}

/** "now" within a minute, else the duration with "ago". */
export function formatAgo(at: number, now: number): string {
  return now - at < minuteMs ? "just now" : `${formatDuration(now - at)} ago`
}

/** Seconds between the steps of something quick: "0.4 s", "12 s", "3m". */
export function formatSeconds(ms: number): string {
  if (ms < 10_000) return `${(Math.max(ms, 0) / 1000).toFixed(1)} s`
  return ms < minuteMs ? `${Math.round(ms / 1000)} s` : formatDuration(ms)
}

/** "12:04" today, "19 Nov 12:04" otherwise. */
export function formatMoment(at: number, now: number): string {
  const time = formatClock(at).slice(0, 5)
  if (isSameDay(at, now)) return time
  const day = new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short" })
  return `${day} ${time}`
}

/** "12:04:31". */
export function formatClock(at: number): string {
  return new Date(at).toLocaleTimeString("en-GB", { hour12: false })
}

/** "2026-11-20 12:04:31", for a tooltip or a detail. */
export function formatExact(at: number): string {
  return `${new Date(at).toLocaleDateString("sv-SE")} ${formatClock(at)}`
}

/** Milliseconds of an ISO time; undefined for what is absent or no time. */
export function instantOf(iso: string | null | undefined): number | undefined {
  const at = iso == null ? Number.NaN : Date.parse(iso)
  return Number.isNaN(at) ? undefined : at
}

export function isSameDay(at: number, now: number): boolean {
  return new Date(at).toDateString() === new Date(now).toDateString()
}
