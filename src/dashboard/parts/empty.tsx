/** What stands where there is nothing: why, what to do, and the command to do it. */
import type { ReactNode } from "react"
import { CopyButton } from "./copy-button.tsx"

interface Props {
  readonly title: string
  readonly children?: ReactNode
  readonly command?: string
}

export function Empty({ title, children, command }: Props) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children === undefined ? null : <p>{children}</p>}
      {command === undefined ? null : (
        <p className="command">
          <code>{command}</code>
          <CopyButton text={command} what="the command" />
        </p>
      )}
    </div>
  )
}

/** A query that failed: what happened, what still works. */
export function Failed({ reason, what }: { readonly reason: string; readonly what: string }) {
  return (
    <div className="failed" role="alert">
      <p className="empty-title">Cannot show {what}</p>
      <p>{reason}. The rest of the page goes on; this part is tried again when the data changes.</p>
    </div>
  )
}

/** Rows that are on their way, in the size that they will have. */
export function Loading({ rows = 4 }: { readonly rows?: number }) {
  return (
    <div className="loading" aria-busy="true" aria-label="loading">
      {Array.from({ length: rows }, (_, index) => (
        <span key={index} className="loading-row" />
      ))}
    </div>
  )
}

/** A filter left nothing. */
export function NothingMeant() {
  return (
    <p className="faint none" role="status">
      Nothing here has these words. Escape empties the filter.
    </p>
  )
}
