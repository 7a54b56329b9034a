/** A button that opens a form for a change, and sends what was changed as an action. */
import { type FormEvent, useState } from "react"
import { useSender } from "../live/actions.ts"
import { useConnection } from "../live/use-connection.ts"
import { useViewer } from "../live/use-live.ts"
import { Dialog } from "../parts/dialog.tsx"
import { type ActionForm, type FormField, type FormValues, payloadOf } from "../view/edits.ts"
import type { OrchestrationDetail } from "../view/rows.ts"

interface Props {
  readonly detail: OrchestrationDetail
  /** Undefined where the change is not possible: then nothing is shown. */
  readonly form: ActionForm | undefined
  readonly label: string
}

export function ActionFormButton({ detail, form, label }: Props) {
  const { role } = useViewer()
  const [isOpen, setIsOpen] = useState(false)
  if (form === undefined || role !== "operator") return null
  return (
    <>
      <button type="button" onClick={() => setIsOpen(true)}>
        {label}
      </button>
      {isOpen ? <FormDialog detail={detail} form={form} onClose={() => setIsOpen(false)} /> : null}
    </>
  )
}

interface FormDialogProps {
  readonly detail: OrchestrationDetail
  readonly form: ActionForm
  readonly onClose: () => void
}

function FormDialog({ detail, form, onClose }: FormDialogProps) {
  const { send, isSending, problem } = useSender(detail)
  const [values, setValues] = useState<FormValues>({})
  const isConnected = useConnection().state === "connected"
  const payload = payloadOf(form, values)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (payload !== undefined && (await send({ type: form.type, payload }))) onClose()
  }
  return (
    <Dialog title={form.title} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        {form.fields.map((field) => (
          <Field
            key={field.name}
            field={field}
            value={values[field.name] ?? field.initial}
            onChange={(value) => setValues({ ...values, [field.name]: value })}
          />
        ))}
        {problem === undefined ? null : <p role="alert">Not sent: {problem}</p>}
        <div className="dialog-actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className="primary"
            disabled={payload === undefined || isSending || !isConnected}
            title={payload === undefined ? "Nothing has been changed yet" : undefined}
          >
            Send
          </button>
        </div>
      </form>
    </Dialog>
  )
}

interface FieldProps {
  readonly field: FormField
  readonly value: string
  readonly onChange: (value: string) => void
}

function Field({ field: { label, options, isLong }, value, onChange }: FieldProps) {
  return (
    <label>
      {label}
      <Input value={value} options={options} isLong={isLong} onChange={onChange} />
    </label>
  )
}

interface InputProps {
  readonly value: string
  readonly options: readonly string[] | undefined
  readonly isLong: boolean | undefined
  readonly onChange: (value: string) => void
}

function Input({ value, options, isLong = false, onChange }: InputProps) {
  if (options !== undefined) {
    return (
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    )
  }
  return isLong ? (
    <textarea rows={8} value={value} onChange={(event) => onChange(event.currentTarget.value)} />
  ) : (
    <input type="text" value={value} onChange={(event) => onChange(event.currentTarget.value)} />
  )
}
