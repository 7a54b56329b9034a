/** Starting an orchestration: the form, and the receipts of what was started from this browser. */
import { type FormEvent, useMemo, useState } from "react"
import { api } from "../../convex/_generated/api.js"
import { useSender } from "../live/actions.ts"
import { type Board, useBoard } from "../live/board.ts"
import { useNow } from "../live/page-clock.ts"
import { type Start, type Starts, useStarts } from "../live/starts.ts"
import { useConnection } from "../live/use-connection.ts"
import { useLive, useViewer } from "../live/use-live.ts"
import { Empty, Loading } from "../parts/empty.tsx"
import { FormFields } from "../parts/form-fields.tsx"
import { Icon } from "../parts/icon.tsx"
import { type ActionForm, type FormValues, readForm } from "../view/form.ts"
import { routeToFragment } from "../view/route.ts"
import type { Node } from "../view/rows.ts"
import { chosenNode, startForm, type StartKnowledge, worktreeFor } from "../view/starting.ts"
import { SentReceipt, WhatIsMissing } from "./action-form.tsx"
import { PaneHead } from "./pane-head.tsx"

export function StartPane() {
  const { role } = useViewer()
  const starts = useStarts(localStorage)
  return (
    <main className="pane start" id="main" tabIndex={-1}>
      <PaneHead title="Start an orchestration" />
      {role === "operator" ? <Start starts={starts} /> : <OnlyOperators role={role} />}
      <Started starts={starts} />
    </main>
  )
}

function OnlyOperators({ role }: { readonly role: string | undefined }) {
  if (role === undefined) return <Loading />
  return (
    <Empty title="This needs an operator">
      You are signed in as a {role}, who can look at everything and change nothing. The button above
      that says so takes an operator's token.
    </Empty>
  )
}

function Start({ starts }: { readonly starts: Starts }) {
  const [values, setValues] = useState<FormValues>({})
  const knowledge = useKnowledge()
  if (knowledge === undefined) return <Loading />
  const form = startForm(knowledge, values)
  const node = chosenNode(knowledge, values)
  if (form === undefined || node === undefined) {
    return (
      <Empty title="No machine has registered" command="tina-daemon --local">
        An orchestration runs on a machine with a daemon. Start one there:
      </Empty>
    )
  }
  return <StartForm form={form} node={node} values={values} onChange={setValues} starts={starts} />
}

interface StartFormProps {
  readonly form: ActionForm
  readonly node: Node
  readonly values: FormValues
  readonly onChange: (values: FormValues) => void
  readonly starts: Starts
}

function StartForm({ form, node, values, onChange, starts }: StartFormProps) {
  const { send, isSending, problem } = useSender()
  const isConnected = useConnection().state === "connected"
  const reading = readForm(form, values)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (reading.status !== "ready") return
    const { type, payload } = reading
    const actionId = await send({ nodeId: node._id, type, payload })
    if (actionId === undefined) return
    const { feature, cwd } = payload
    const worktree = worktreeFor(String(cwd), String(feature))
    starts.add({ actionId, nodeId: node._id, feature: String(feature), worktree })
    onChange({ node: node._id, cwd: String(cwd) })
  }
  return (
    <form className="start-form" onSubmit={(event) => void submit(event)}>
      <FormFields fields={form.fields} values={values} onChange={onChange} />
      <p className="notice">
        <Icon name="warning" />
        {form.note}
      </p>
      {problem === undefined ? null : <p role="alert">Not sent: {problem}</p>}
      <div className="dialog-actions">
        <WhatIsMissing reading={reading} values={values} />
        <button
          type="submit"
          className="primary"
          disabled={reading.status !== "ready" || isSending || !isConnected}
        >
          {form.verb}
        </button>
      </div>
    </form>
  )
}

function useKnowledge(): StartKnowledge | undefined {
  const { nodes, orchestrations, finished } = useBoard()
  const projects = useLive(api.projects.listProjects, {})
  const now = useNow()
  return useMemo(() => {
    if (nodes.status !== "ready") return undefined
    const active = orchestrations.status === "ready" ? orchestrations.value : []
    return {
      nodes: nodes.value,
      orchestrations: [...active, ...finished],
      projects: projects.status === "ready" ? projects.value : [],
      now,
    }
  }, [nodes, orchestrations, finished, projects, now])
}

function Started({ starts }: { readonly starts: Starts }) {
  const board = useBoard()
  if (starts.list.length === 0) return null
  return (
    <section className="started" aria-labelledby="started">
      <h2 id="started" className="section-heading">
        Started from here
      </h2>
      {starts.list.map((start) => (
        <div key={start.actionId} className="started-one">
          <p className="started-head">
            <StartedName start={start} board={board} />
            <span className="spring" />
            <button type="button" onClick={() => starts.putAway(start.actionId)}>
              Put away
            </button>
          </p>
          <SentReceipt actionId={start.actionId} />
        </div>
      ))}
    </section>
  )
}

/** A link as soon as the orchestration is there. */
function StartedName({ start, board }: { readonly start: Start; readonly board: Board }) {
  const { orchestrations, finished } = board
  const active = orchestrations.status === "ready" ? orchestrations.value : []
  const found = [...active, ...finished].find(
    ({ nodeId, worktreePath }) => nodeId === start.nodeId && worktreePath === start.worktree,
  )
  if (found === undefined) return <strong>{start.feature}</strong>
  const route = { screen: "orchestration", id: found._id } as const
  return (
    <a className="started-link" href={routeToFragment(route)}>
      {start.feature}
    </a>
  )
}
