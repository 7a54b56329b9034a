/** Puts a text on the clipboard and says for a moment that it did. */
import { useEffect, useState } from "react"
import { Icon } from "./icon.tsx"

interface Props {
  readonly text: string
  /** What is copied, for the name of the button. */
  readonly what: string
}

export function CopyButton({ text, what }: Props) {
  const [isCopied, setIsCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return undefined
    const timer = setTimeout(() => setIsCopied(false), 1500)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setIsCopied(true),
      () => setIsCopied(false),
    )
  }
  return (
    <button type="button" className="icon-button small" onClick={copy} title={`Copy ${what}`}>
      {isCopied ? <span className="copied">copied</span> : <Icon name="copy" />}
      <span className="unseen">Copy {what}</span>
    </button>
  )
}
