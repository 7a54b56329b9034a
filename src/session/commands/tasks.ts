/**
 * `orchestrate task-edit`, `task-insert` and `task-set-model`: an operator's wishes about the tasks of a
 * phase. The tasks themselves belong to Claude Code, so a wish is kept in the state as a `task_changes`
 * entry of the phase, where the phase's lead finds it (`state show`) and everybody else sees it.
 */
import { TinaError } from "../../base/errors.ts"
import type { SupervisorState, TaskChange } from "../../model/supervisor-state.ts"
import { sessionLeaf } from "../command-line.ts"
import {
  list,
  optionalNumber,
  optionalText,
  phaseNumber,
  text,
  whichOrchestration,
  wholeNumber,
} from "../flags.ts"
import { phaseOf } from "../orchestration/step.ts"
import { nowOf, printJson, type Session } from "../session.ts"
import { findOrchestration } from "../state/find.ts"
import { updateState } from "../state/state-file.ts"
import { checkModel } from "./policy.ts"

const keptChanges = 200
const where = { ...whichOrchestration, phase: phaseNumber() }

export const taskEditCommand = sessionLeaf({
  name: "orchestrate task-edit",
  summary: "Ask for another subject, description or model of a task, or for others to wait for",
  flags: {
    ...where,
    "task-number": wholeNumber("Number of the task"),
    subject: optionalText("New subject"),
    description: optionalText("New description"),
    model: optionalText("New model"),
    "depends-on": list("Numbers of the tasks that it is to wait for, parted by commas"),
    revision: optionalNumber("Revision of the task that this is about"),
  },
  run: async (flags, session) => {
    const { subject, description, model, revision } = flags
    const depends_on = flags["depends-on"].length > 0 ? taskNumbers(flags["depends-on"]) : undefined
    if ([subject, description, model, depends_on].every((field) => field === undefined)) {
      const fields = "--subject, --description, --model or --depends-on"
      throw new TinaError("usage", `cannot edit the task: no ${fields}`)
    }
    const which = { task_number: flags["task-number"], revision }
    const change = newChange("edit", session, { ...which, depends_on })
    await record(session, flags, { ...change, subject, description, model })
  },
})

export const taskInsertCommand = sessionLeaf({
  name: "orchestrate task-insert",
  summary: "Ask for another task",
  flags: {
    ...where,
    "after-task": wholeNumber("Number of the task after which it belongs; 0 for the beginning"),
    subject: text("Subject"),
    description: optionalText("Description"),
    model: optionalText("Model"),
    "depends-on": list("Numbers of the tasks that it waits for, parted by commas"),
  },
  run: async (flags, session) => {
    const { subject, description, model } = flags
    const depends_on = taskNumbers(flags["depends-on"])
    const change = newChange("insert", session, { after_task: flags["after-task"], depends_on })
    await record(session, flags, { ...change, subject, description, model })
  },
})

export const taskSetModelCommand = sessionLeaf({
  name: "orchestrate task-set-model",
  summary: "Ask for another model for a task",
  flags: {
    ...where,
    "task-number": wholeNumber("Number of the task"),
    model: text("Model"),
    revision: optionalNumber("Revision of the task that this is about"),
  },
  run: async (flags, session) => {
    const { model, revision } = flags
    const change = newChange("set_model", session, { task_number: flags["task-number"], revision })
    await record(session, flags, { ...change, model })
  },
})

type Where = Parameters<typeof findOrchestration>[1] & { readonly phase: string }

function newChange(
  kind: TaskChange["kind"],
  session: Session,
  fields: Partial<TaskChange>,
): TaskChange {
  return { ...fields, kind, requested_at: nowOf(session).toISOString() }
}

async function record(session: Session, where: Where, change: TaskChange): Promise<void> {
  if (change.model !== undefined) checkModel(change.model)
  const { feature, phase } = where
  const { worktree } = findOrchestration(session, where)
  await updateState(
    worktree,
    (state) => ({ state: withChange(state, phase, change), result: undefined }),
    session,
  )
  printJson(session, { success: true, recorded: true, feature, phase, ...change })
}

function withChange(state: SupervisorState, phase: string, change: TaskChange): SupervisorState {
  const found = phaseOf(state, phase)
  if (found === undefined) {
    throw new TinaError("not_found", `cannot change tasks of phase ${phase}: it has not begun`)
  }
  if (found.status === "complete") {
    throw new TinaError("conflict", `cannot change tasks of phase ${phase}: it is complete`)
  }
  const changes = [...(found.task_changes ?? []), change].slice(-keptChanges)
  return { ...state, phases: { ...state.phases, [phase]: { ...found, task_changes: changes } } }
}

function taskNumbers(given: readonly string[]): number[] {
  return given
    .flatMap((text) => text.split(","))
    .map((text) => text.trim())
    .filter((text) => text !== "")
    .map((text) => {
      if (/^\d{1,9}$/.test(text)) return Number(text)
      throw new TinaError("usage", `cannot insert the task: --depends-on ${text} is no task number`)
    })
}
