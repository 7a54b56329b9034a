/** Receipts: every step of an action from the click to its effect, with the time that it took. */
import { StatusMark } from "../parts/status-mark.tsx"
import { Moment } from "../parts/time-text.tsx"
import {
  actionName,
  askedAt,
  type Receipt,
  receiptLines,
  receiptTone,
  resultText,
} from "../view/receipts.ts"

export function ReceiptStrip({ receipt }: { readonly receipt: Receipt }) {
  const tone = receiptTone(receipt)
  const said = receipt.observation ?? resultText(receipt.result)
  return (
    <div className="receipt" role="status">
      <p className="receipt-head">
        <StatusMark look={{ tone, label: receipt.status }} />
        <strong>{actionName(receipt.type)}</strong>
        <span className="faint">
          asked <Moment at={askedAt(receipt)} />
          {` by ${receipt.requestedBy}`}
        </span>
      </p>
      <ol className="receipt-steps">
        {receiptLines(receipt).map(({ step, after }) => (
          <li key={step} className={after === undefined ? "is-open" : "is-done"}>
            {step}
            {after === undefined ? (
              <span className="unseen">, not yet</span>
            ) : (
              <span className="num">{after}</span>
            )}
          </li>
        ))}
      </ol>
      {said === undefined ? null : <p className={`tone-${tone} receipt-said`}>{said}</p>}
    </div>
  )
}
