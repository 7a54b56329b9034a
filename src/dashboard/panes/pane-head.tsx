/** The title of a pane, with the way back where the pane covers the list. */
import type { ReactNode } from "react"
import { Icon } from "../parts/icon.tsx"

interface Props {
  readonly title: string
  readonly backTo?: string
  readonly children?: ReactNode
}

export function PaneHead({ title, backTo = "#/", children }: Props) {
  return (
    <div className="pane-head">
      <a className="icon-button narrow-only" href={backTo} title="Back">
        <Icon name="back" />
        <span className="unseen">Back</span>
      </a>
      <h1 className="pane-title">{title}</h1>
      {children}
    </div>
  )
}
