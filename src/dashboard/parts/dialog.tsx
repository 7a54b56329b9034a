/** A modal dialog of the browser's own: it holds the focus, closes on Escape and gives the focus back. */
import { type ReactNode, useEffect, useRef } from "react"
import { Icon } from "./icon.tsx"

interface Props {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
}

export function Dialog({ title, onClose, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = ref.current
    const before = document.activeElement
    dialog?.showModal()
    // The browser would take the first button, which closes it.
    dialog
      ?.querySelector<HTMLElement>(
        "form :is(textarea, input:not([type=checkbox])), [role=combobox]",
      )
      ?.focus()
    return () => {
      dialog?.close()
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={ref}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose()
      }}
    >
      <div className="dialog-body">
        <div className="dialog-head">
          <h2>{title}</h2>
          <button type="button" className="icon-button" onClick={onClose} title="Close">
            <Icon name="close" />
            <span className="unseen">Close</span>
          </button>
        </div>
        {children}
      </div>
    </dialog>
  )
}
