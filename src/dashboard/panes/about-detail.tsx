/** The properties of an orchestration, the receipts of what was asked of it, and its export. */
import type { Id } from "../../convex/_generated/dataModel.js"
import { api } from "../../convex/_generated/api.js"
import { useReceipts } from "../live/actions.ts"
import { useLive } from "../live/use-live.ts"
import { Icon } from "../parts/icon.tsx"
import { Properties, Property } from "../parts/property.tsx"
import { Moment } from "../parts/time-text.tsx"
import type { OrchestrationDetail } from "../view/rows.ts"
import { insertForm, modelForm, phaseToInsertInto } from "../view/edits.ts"
import type { FormValues } from "../view/form.ts"
import { policyForm } from "../view/policies.ts"
import { comparePhases } from "../view/needs.ts"
import { isOver, phaseText } from "../view/summary.ts"
import { ActionFormButton } from "./action-form.tsx"
import { ReceiptStrip } from "./receipts.tsx"
import { useExport } from "./use-export.ts"
import { useTeamTasks } from "./use-team-tasks.ts"

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
      <div className="detail-actions">
        <Changes detail={detail} />
        <button type="button" onClick={save}>
          <Icon name="download" /> Export as JSON
        </button>
      </div>
      {problem === undefined ? null : <p role="alert">{problem}</p>}
      <Receipts id={detail._id} />
    </div>
  )
}

function Changes({ detail }: { readonly detail: OrchestrationDetail }) {
  const live = useLive(
    api.board.policies,
    isOver(detail) ? "skip" : { orchestrationId: detail._id },
  )
  const present = live.status === "ready" ? live.value : undefined
  const tasksByTeam = useTeamTasks(detail.teams)
  const insertion = ({ phase_number: phase = phaseToInsertInto(detail) }: FormValues) => {
    const teams = detail.teams.filter(({ phaseNumber }) => phaseNumber === phase)
    const tasks = teams.flatMap(({ _id }) => tasksByTeam.get(_id) ?? [])
    return insertForm(detail, tasks, phase)
  }
  return (
    <>
      <ActionFormButton detail={detail} formOf={insertion} label="Add a task" />
      <ActionFormButton
        detail={detail}
        formOf={({ role }) => modelForm(detail, present, role)}
        label="Change a model"
      />
      <ActionFormButton
        detail={detail}
        formOf={() => policyForm(detail, present)}
        label="Policies"
      />
    </>
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
