/** Properties of one thing: names at the left, values at the right. */
import { Fragment, type ReactNode } from "react"
import { CopyButton } from "./copy-button.tsx"

export function Properties({ children }: { readonly children: ReactNode }) {
  return <dl className="properties">{children}</dl>
}

/** A long path may break after a slash. */
function breakable(text: string): ReactNode {
  return text.split("/").map((part, index) => (
    <Fragment key={index}>
      {index === 0 ? "" : "/"}
      <wbr />
      {part}
    </Fragment>
  ))
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
            <code>{breakable(text)}</code>
            <CopyButton text={text} what={name.toLowerCase()} />
          </span>
        )}
      </dd>
    </div>
  )
}
