/** What an operator may ask now, asked for confirmation where it costs something, with the newest receipt in place. */
import { useState } from "react"
import { useReceipts, useSubmit } from "../live/actions.ts"
import { usePreferences } from "../live/preferences.ts"
import { useCommands } from "../live/use-commands.ts"
import { useConnection } from "../live/use-connection.ts"
import { failure, useViewer } from "../live/use-live.ts"
import { type Control, controlsOf } from "../view/controls.ts"
import type { OrchestrationDetail } from "../view/rows.ts"
import { ControlDialog } from "./control-dialog.tsx"
import { ReceiptStrip } from "./receipts.tsx"

export function Controls({ detail }: { readonly detail: OrchestrationDetail }) {
  const { role } = useViewer()
  const receipts = useReceipts(detail._id)
  if (role !== "operator") return null
  const [newest] = receipts.status === "ready" ? receipts.value : []
  return (
    <div className="controls">
      <ControlButtons detail={detail} />
      {newest === undefined ? null : <ReceiptStrip receipt={newest} />}
    </div>
  )
}

function ControlButtons({ detail }: { readonly detail: OrchestrationDetail }) {
  const { preferences } = usePreferences()
  const [asking, setAsking] = useState<Control>()
  const { send, problem, isSending } = useSend(detail)
  const isOffline = useConnection().state !== "connected"
  const controls = controlsOf(detail)
  const choose = (control: Control) => {
    if (isOffline || isSending) return
    if (control.confirm === undefined && control.text === undefined) send(control, "")
    else setAsking(control)
  }
  const commands = controls.map((control) => [control.key, () => choose(control)] as const)
  useCommands(Object.fromEntries(commands), preferences.keys)
  return (
    <div className="control-row">
      {controls.map((control) => (
        <button
          key={control.type}
          type="button"
          className={control.emphasis ?? ""}
          disabled={isOffline || isSending}
          title={
            isOffline ? "Not connected: nothing can be sent" : `${control.label} (${control.key})`
          }
          onClick={() => choose(control)}
        >
          {control.label} <kbd>{control.key}</kbd>
        </button>
      ))}
      {problem === undefined ? null : (
        <span className="tone-failed" role="alert">
          Not sent: {problem}
        </span>
      )}
      {asking === undefined ? null : (
        <ControlDialog
          control={asking}
          feature={detail.featureName}
          onClose={() => setAsking(undefined)}
          onSend={(text) => {
            setAsking(undefined)
            send(asking, text)
          }}
        />
      )}
    </div>
  )
}

function useSend(detail: OrchestrationDetail) {
  const submit = useSubmit(detail)
  const [isSending, setIsSending] = useState(false)
  const [problem, setProblem] = useState<string>()
  const send = (control: Control, text: string) => {
    setIsSending(true)
    setProblem(undefined)
    submit({ control, text, idempotencyKey: crypto.randomUUID() })
      .catch((error: unknown) => setProblem(failure(error).reason))
      .finally(() => setIsSending(false))
  }
  return { send, problem, isSending }
}
