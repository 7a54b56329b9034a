/**
 * What is remembered of a document once it was promised: the document without the fields that say when it was
 * read, under a key that is unique on this node.
 */
import type {
  Document,
  EndDocument,
  EventDocument,
  MemberDocument,
  OrchestrationDocument,
  PhaseDocument,
  SupervisorStateDocument,
  TaskDocument,
  TeamDocument,
} from "../model/document.ts"

export type TaskValue = Omit<TaskDocument, "eventId" | "recordedAt">
export type MemberValue = Omit<MemberDocument, "recordedAt">

/** A document as it is compared: everything but events and endings has one. */
export type Value =
  | OrchestrationDocument
  | PhaseDocument
  | TeamDocument
  | MemberValue
  | TaskValue
  | SupervisorStateDocument

export interface Promised {
  readonly value: Value
  /** Its source was seen to be gone. */
  readonly ended: boolean
  /** ISO 8601: when the value was last seen to differ, or to be gone. */
  readonly recordedAt: string
  /** ISO 8601: since when a task has its status; `recordedAt` of everything else. */
  readonly statusSince: string
}

/** The key of a document in the snapshot and in the outbox. JSON, so that no two names can run together. */
export function valueKey(value: Value): string {
  switch (value.kind) {
    case "orchestration":
      return JSON.stringify(["orchestration", value.key])
    case "phase":
      return JSON.stringify(["phase", value.orchestration, value.phaseNumber])
    case "supervisorState":
      return supervisorStateKey(value.orchestration)
    case "team":
      return teamKey(value.dir)
    case "member":
      return JSON.stringify(["member", value.team, value.agentName])
    case "task":
      return taskKey(value.team, value.taskId)
  }
}

export function taskKey(team: string, taskId: string): string {
  return JSON.stringify(["task", team, taskId])
}

export function supervisorStateKey(orchestration: string): string {
  return JSON.stringify(["supervisorState", orchestration])
}

export function teamKey(dir: string): string {
  return JSON.stringify(["team", dir])
}

/** What ending a value is called in a document; undefined for what has no end of its own. */
export function endOf(value: Value): EndDocument["of"] | undefined {
  switch (value.kind) {
    case "orchestration":
      return { kind: "orchestration", key: value.key }
    case "team":
      return { kind: "team", dir: value.dir }
    case "member":
      return { kind: "member", team: value.team, agentName: value.agentName }
    case "task":
      return { kind: "task", team: value.team, taskId: value.taskId }
    case "phase":
    case "supervisorState":
      return undefined
  }
}

export interface Stamp {
  /** ISO 8601 in UTC. */
  readonly recordedAt: string
  readonly newId: () => string
}

/** The document that promises `value`. */
export function toDocument(
  value: Value,
  { recordedAt, newId }: Stamp,
): Exclude<Document, EndDocument | EventDocument> {
  if (value.kind === "task") return { ...value, eventId: newId(), recordedAt }
  if (value.kind === "member") return { ...value, recordedAt }
  return value
}
