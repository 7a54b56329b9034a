/** The shape of a status. Colour repeats what the shape says; the word is for screen readers, or stands beside it. */
import type { StatusLook, Tone } from "../view/tone.ts"

const shapes: Readonly<Record<Tone, string>> = {
  running: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9Z",
  waiting:
    "M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10ZM7 8.25a1.25 1.25 0 1 0 0-2.5 1.25 1.25 0 0 0 0 2.5Z",
  done: "m2.5 7.5 3 3 6-7",
  failed: "m3 3 8 8M11 3l-8 8",
  ended: "M3 7h8",
  pending: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9Z",
}

interface Props {
  readonly look: StatusLook
  /** The word stands beside it already. */
  readonly isSilent?: boolean
}

export function StatusMark({ look: { tone, label }, isSilent = false }: Props) {
  return (
    <span className={`mark mark-${tone}`} title={label}>
      <svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">
        <path d={shapes[tone]} />
      </svg>
      {isSilent ? null : <span className="unseen">{label}</span>}
    </span>
  )
}

/** The mark with its word. */
export function Status({ look }: { readonly look: StatusLook }) {
  return (
    <span className={`status tone-${look.tone}`}>
      <StatusMark look={look} isSilent />
      {look.label}
    </span>
  )
}
