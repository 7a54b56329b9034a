/** What an operator may ask now, asked for confirmation where it costs something, with the newest receipt in place. */
import { useState } from "react"
import { useReceipts, useSender } from "../live/actions.ts"
import { usePreferences } from "../live/preferences.ts"
import { useCommands } from "../live/use-commands.ts"
import { useConnection } from "../live/use-connection.ts"
import { useViewer } from "../live/use-live.ts"
import { type Control, controlsOf, withText } from "../view/controls.ts"
import { isUnderWay, type Receipt } from "../view/receipts.ts"
import type { OrchestrationDetail } from "../view/rows.ts"
import { ControlDialog } from "./control-dialog.tsx"
import { ReceiptStrip } from "./receipts.tsx"

export function Controls({ detail }: { readonly detail: OrchestrationDetail }) {
  const { role } = useViewer()
  const receipts = useReceipts(detail._id)
  if (role !== "operator") return null
  const known = receipts.status === "ready" ? receipts.value : []
  return (
    <div className="controls">
      <ControlRow detail={detail} receipts={known} />
      {known[0] === undefined ? null : <ReceiptStrip receipt={known[0]} />}
    </div>
  )
}

interface ControlRowProps {
  readonly detail: OrchestrationDetail
  readonly receipts: readonly Receipt[]
}

function ControlRow({ detail, receipts }: ControlRowProps) {
  const { preferences } = usePreferences()
  const [asking, setAsking] = useState<Control>()
  const { _id: orchestrationId, nodeId } = detail
  const { send: submit, problem, isSending } = useSender()
  const send = (type: Control["type"], payload: Control["payload"]) =>
    void submit({ orchestrationId, nodeId, type, payload })
  const isConnected = useConnection().state === "connected"
  const controls = controlsOf(detail)
  const whyNot = ({ type }: Control) => {
    if (!isConnected) return "Not connected: nothing can be sent"
    if (isSending) return "Being sent"
    const asked = receipts.some((receipt) => receipt.type === type && isUnderWay(receipt))
    return asked ? "Asked already: its receipt shows how far it is" : undefined
  }
  const choose = (control: Control) => {
    if (whyNot(control) !== undefined) return
    if (control.confirm === undefined && control.text === undefined)
      send(control.type, control.payload)
    else setAsking(control)
  }
  const commands = controls.map((control) => [control.key, () => choose(control)] as const)
  useCommands(Object.fromEntries(commands), preferences.keys)
  return (
    <div className="control-row">
      {controls.map((control) => (
        <ControlButton
          key={control.type}
          control={control}
          whyNot={whyNot(control)}
          onChoose={choose}
        />
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
            send(asking.type, withText(asking, text))
          }}
        />
      )}
    </div>
  )
}

interface ControlButtonProps {
  readonly control: Control
  readonly whyNot: string | undefined
  readonly onChoose: (control: Control) => void
}

/** A button that cannot be pressed stays reachable, so that its reason can be read. */
function ControlButton({ control, whyNot, onChoose }: ControlButtonProps) {
  const { label, key, emphasis = "", isRare = false } = control
  return (
    <button
      type="button"
      className={isRare ? "rare" : emphasis}
      aria-disabled={whyNot !== undefined}
      title={whyNot ?? `${label} (${key})`}
      onClick={() => onChoose(control)}
    >
      {label} <kbd>{key}</kbd>
    </button>
  )
}
