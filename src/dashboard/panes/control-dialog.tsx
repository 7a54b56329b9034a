/** Asks before something is sent that costs, and for the text that goes with it. */
import { type FormEvent, useState } from "react"
import { Dialog } from "../parts/dialog.tsx"
import type { Control } from "../view/controls.ts"

interface Props {
  readonly control: Control
  readonly feature: string
  readonly onClose: () => void
  readonly onSend: (text: string) => void
}

export function ControlDialog({ control, feature, onClose, onSend }: Props) {
  const [text, setText] = useState("")
  const { label, confirm, text: field, emphasis } = control
  const isMissing = field?.isRequired === true && text.trim() === ""
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isMissing) onSend(text.trim())
  }
  return (
    <Dialog title={`${label}: ${feature}`} onClose={onClose}>
      <form onSubmit={submit}>
        {confirm === undefined ? null : <p>{confirm}</p>}
        {field === undefined ? null : (
          <label>
            {field.label}
            {field.isRequired ? "" : " (may be left out)"}
            <textarea
              rows={4}
              maxLength={4000}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          </label>
        )}
        <div className="dialog-actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className={emphasis ?? "primary"}
            disabled={isMissing}
            title={isMissing ? `${field?.label ?? "A text"}: needed` : undefined}
          >
            {label}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
