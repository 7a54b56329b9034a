/** Properties of one thing: names at the left, values at the right. */
import type { ReactNode } from "react"
import { CopyButton } from "./copy-button.tsx"

export function Properties({ children }: { readonly children: ReactNode }) {
  return <dl className="properties">{children}</dl>
}

interface Props {
  readonly name: string
  readonly children?: ReactNode
  /** A technical text: shown as it is, and copied with a button. */
  readonly text?: string | undefined
}

/** Nothing is shown for what is not known. */
export function Property({ name, children, text }: Props) {
  if (children === undefined && text === undefined) return null
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {text === undefined ? (
          children
        ) : (
          <span className="technical">
            <code>{text}</code>
            <CopyButton text={text} what={name.toLowerCase()} />
          </span>
        )}
      </dd>
    </div>
  )
}
