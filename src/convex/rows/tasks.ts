/**
 * Tasks: an append-only history (`taskEvents`) beside the current state of each (`tasks`).
 * A transition is known by its event id and applied once. One that only repeats the state that the row
 * already has (a daemon that lost its snapshot reads everything anew) is remembered, not appended.
 */
import type { WithoutSystemFields } from "convex/server"
import type { Doc, Id } from "../_generated/dataModel"
import type { ApplyOutcome, TaskDocument } from "../documents.ts"
import type { Batch, Writer } from "./batch.ts"
import { present, sameFields } from "./fields.ts"
import { findTeamOnce } from "./teams.ts"

type Task = Doc<"tasks">
export type Transition = WithoutSystemFields<Doc<"taskEvents">>

export async function applyTask(batch: Batch, document: TaskDocument): Promise<ApplyOutcome> {
  const { db, nodeId } = batch
  const team = await findTeamOnce(batch, document.team)
  if (team === null) return "orphan"
  const { kind: _kind, team: _dir, blocks, blockedBy, ...fields } = document
  const { _id: teamId, orchestrationId, phaseNumber } = team
  const lists = { blocks: listToJson(blocks), blockedBy: listToJson(blockedBy) }
  const link = { nodeId, orchestrationId, teamId, phaseNumber }
  const transition = present({ ...link, ...fields, ...lists })
  const task = await findTask(db, transition)
  if (await isKnown(db, task, transition)) return reviveTask(batch, task, transition)
  if (task !== null && task.endedAt === undefined && isRepeat(task, transition)) {
    await db.patch(task._id, { repeatedEventId: document.eventId })
    return "unchanged"
  }
  await db.insert("taskEvents", transition)
  await putTask(batch, task, transition)
  return "applied"
}

export async function endTask(
  batch: Batch,
  of: { readonly team: string; readonly taskId: string },
  endedAt: string,
): Promise<ApplyOutcome> {
  const team = await findTeamOnce(batch, of.team)
  const task = team === null ? null : await findTeamTask(batch.db, team._id, of.taskId)
  if (task === null || task.endedAt !== undefined) return "unchanged"
  await patchTask(batch, task, { endedAt, updatedAt: endedAt })
  return "applied"
}

/** Makes the transition the current state of its task. */
export async function putTask(
  { db, written }: Pick<Batch, "db" | "written">,
  task: Task | null,
  transition: Transition,
): Promise<Id<"tasks">> {
  const { recordedAt } = transition
  const statusSince = task?.status === transition.status ? task.statusSince : recordedAt
  const repeatedEventId = task?.repeatedEventId
  const next = present({ ...transition, statusSince, updatedAt: recordedAt, repeatedEventId })
  const taskId = task?._id ?? (await db.insert("tasks", next))
  if (task !== null) await db.replace(taskId, next)
  written.push({ taskId, before: task, after: next })
  return taskId
}

/** By team, or for a task without one by orchestration and phase: every team counts ids from 1. */
export function findTask(
  db: Writer,
  of: Pick<Transition, "teamId" | "orchestrationId" | "phaseNumber" | "taskId">,
): Promise<Task | null> {
  if (of.teamId !== undefined) return findTeamTask(db, of.teamId, of.taskId)
  return db
    .query("tasks")
    .withIndex("by_orchestration_team_phase_task", (q) =>
      q
        .eq("orchestrationId", of.orchestrationId)
        .eq("teamId", undefined)
        .eq("phaseNumber", of.phaseNumber)
        .eq("taskId", of.taskId),
    )
    .unique()
}

function findTeamTask(db: Writer, teamId: Id<"teams">, taskId: string): Promise<Task | null> {
  return db
    .query("tasks")
    .withIndex("by_team_task", (q) => q.eq("teamId", teamId).eq("taskId", taskId))
    .unique()
}

/** Whether a transition with this event id was appended, or recognised as a repeat, before. */
export async function isKnown(
  db: Writer,
  task: Task | null,
  { nodeId, eventId }: Pick<Transition, "nodeId" | "eventId">,
): Promise<boolean> {
  // A transition and the row of its task come and go together.
  if (eventId === undefined || task === null) return false
  if (task.eventId === eventId || task.repeatedEventId === eventId) return true
  const event = await db
    .query("taskEvents")
    .withIndex("by_node_event", (q) => q.eq("nodeId", nodeId).eq("eventId", eventId))
    .first()
  return event !== null
}

/** In a batch that is applied again, the last transition after an `end` undoes the end once more. */
async function reviveTask(
  batch: Batch,
  task: Task | null,
  { eventId, recordedAt }: Transition,
): Promise<ApplyOutcome> {
  if (task?.endedAt === undefined || task.eventId !== eventId) return "unchanged"
  await patchTask(batch, task, { endedAt: undefined, updatedAt: recordedAt })
  return "applied"
}

async function patchTask(
  { db, written }: Batch,
  task: Task,
  fields: { readonly endedAt: string | undefined; readonly updatedAt: string },
): Promise<void> {
  await db.patch(task._id, fields)
  written.push({ taskId: task._id, before: task, after: { ...task, updatedAt: fields.updatedAt } })
}

function isRepeat(task: Task, transition: Transition): boolean {
  const { statusSince: _since, updatedAt: _at, repeatedEventId: _repeat, ...state } = task
  const { eventId, recordedAt } = task
  return sameFields(state, { ...transition, eventId, recordedAt })
}

export function listToJson(list: readonly string[]): string | undefined {
  return list.length === 0 ? undefined : JSON.stringify(list)
}
