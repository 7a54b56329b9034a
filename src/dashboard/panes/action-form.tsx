/** A button that opens a form for a change, sends what was filled in as an action, and shows its receipt in place. */
import { type FormEvent, useState } from "react"
import type { Id } from "../../convex/_generated/dataModel.js"
import { useReceipt, useSender } from "../live/actions.ts"
import { useConnection } from "../live/use-connection.ts"
import { useViewer } from "../live/use-live.ts"
import { Dialog } from "../parts/dialog.tsx"
import { FormFields } from "../parts/form-fields.tsx"
import { type ActionForm, type FormValues, readForm } from "../view/form.ts"
import type { OrchestrationDetail } from "../view/rows.ts"
import { ReceiptStrip } from "./receipts.tsx"

interface Props {
  readonly detail: OrchestrationDetail
  /** Asked with what has been filled in so far. Undefined where the change is not possible: nothing is shown. */
  readonly formOf: (values: FormValues) => ActionForm | undefined
  readonly label: string
}

export function ActionFormButton({ detail, formOf, label }: Props) {
  const { role } = useViewer()
  const [isOpen, setIsOpen] = useState(false)
  const [sentId, setSentId] = useState<Id<"inboundActions">>()
  if (role !== "operator") return null
  const isPossible = formOf({}) !== undefined
  return (
    <>
      {isPossible ? (
        <button type="button" onClick={() => setIsOpen(true)}>
          {label}
        </button>
      ) : null}
      {isOpen && isPossible ? (
        <FormDialog
          detail={detail}
          formOf={formOf}
          onClose={() => setIsOpen(false)}
          onSent={setSentId}
        />
      ) : null}
      {sentId === undefined ? null : <SentReceipt actionId={sentId} />}
    </>
  )
}

/** The receipt of one action as it moves. */
export function SentReceipt({ actionId }: { readonly actionId: Id<"inboundActions"> }) {
  const receipt = useReceipt(actionId)
  return receipt === undefined ? null : <ReceiptStrip receipt={receipt} />
}

interface FormDialogProps extends Pick<Props, "detail" | "formOf"> {
  readonly onClose: () => void
  readonly onSent: (actionId: Id<"inboundActions">) => void
}

function FormDialog({ detail, formOf, onClose, onSent }: FormDialogProps) {
  const { _id: orchestrationId, nodeId } = detail
  const { send, isSending, problem } = useSender()
  const [values, setValues] = useState<FormValues>({})
  const isConnected = useConnection().state === "connected"
  const form = formOf(values)
  if (form === undefined) return null
  const reading = readForm(form, values)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (reading.status !== "ready") return
    const { type, payload } = reading
    const actionId = await send({ orchestrationId, nodeId, type, payload })
    if (actionId === undefined) return
    onSent(actionId)
    onClose()
  }
  return (
    <Dialog title={form.title} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <FormFields
          fields={form.fields}
          values={values}
          onChange={setValues}
          areSectionsOpen={form.fields.every(({ section }) => section !== undefined)}
        />
        {form.note === undefined ? null : <p className="faint form-note">{form.note}</p>}
        {problem === undefined ? null : <p role="alert">Not sent: {problem}</p>}
        <div className="dialog-actions">
          <WhatIsMissing reading={reading} values={values} />
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className="primary"
            disabled={reading.status !== "ready" || isSending || !isConnected}
            title={reading.status === "unchanged" ? "Nothing has been changed yet" : undefined}
          >
            {form.verb}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

interface WhatIsMissingProps {
  readonly reading: ReturnType<typeof readForm>
  readonly values: FormValues
}

/** Only once somebody has begun to write. */
export function WhatIsMissing({ reading, values }: WhatIsMissingProps) {
  const hasBegun = Object.keys(values).length > 0
  return (
    <p className="form-missing" role="status">
      {hasBegun && reading.status === "wrong" ? reading.problem : ""}
    </p>
  )
}
