/** The properties of an orchestration, the receipts of what was asked of it, and its export. */
import type { Id } from "../../convex/_generated/dataModel.js"
import { useReceipts } from "../live/actions.ts"
import { Icon } from "../parts/icon.tsx"
import { Properties, Property } from "../parts/property.tsx"
import { Moment } from "../parts/time-text.tsx"
import type { OrchestrationDetail } from "../view/rows.ts"
import { modelForm } from "../view/edits.ts"
import { comparePhases } from "../view/needs.ts"
import { phaseText } from "../view/summary.ts"
import { ActionFormButton } from "./action-form.tsx"
import { ReceiptStrip } from "./receipts.tsx"
import { useExport } from "./use-export.ts"

export function AboutDetail({ detail }: { readonly detail: OrchestrationDetail }) {
  const { save, problem } = useExport(detail)
  return (
    <div className="detail-body">
      <h2 className="detail-title">{detail.featureName}</h2>
      <Properties>
        <Property name="Phase">{phaseText(detail)}</Property>
        <Property name="Node">{detail.nodeName}</Property>
        <Property name="Started">
          <Moment at={detail.startedAt} />
        </Property>
        {detail.completedAt === undefined ? null : (
          <Property name="Completed">
            <Moment at={detail.completedAt} />
          </Property>
        )}
        <Property name="Branch" text={detail.branch} />
        <Property name="Worktree" text={detail.worktreePath} />
        <Property name="Spec" text={detail.specDocPath} />
        {[...detail.phases]
          .sort((a, b) => comparePhases(a.phaseNumber, b.phaseNumber))
          .flatMap(({ phaseNumber, planPath }) =>
            planPath === undefined ? [] : [{ phaseNumber, planPath }],
          )
          .map(({ phaseNumber, planPath }) => (
            <Property key={phaseNumber} name={`Plan ${phaseNumber}`} text={planPath} />
          ))}
      </Properties>
      <Receipts id={detail._id} />
      <p className="detail-actions">
        <ActionFormButton detail={detail} form={modelForm(detail)} label="Change a model" />
        <button type="button" onClick={save}>
          <Icon name="download" /> Export as JSON
        </button>
      </p>
      {problem === undefined ? null : <p role="alert">{problem}</p>}
    </div>
  )
}

function Receipts({ id }: { readonly id: Id<"orchestrations"> }) {
  const receipts = useReceipts(id)
  if (receipts.status !== "ready" || receipts.value.length === 0) return null
  return (
    <section>
      <h3 className="section-heading">Receipts</h3>
      {receipts.value.slice(0, 20).map((receipt) => (
        <ReceiptStrip key={receipt.actionId} receipt={receipt} />
      ))}
    </section>
  )
}
