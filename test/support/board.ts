/** Rows as the board's queries return them, with sensible fields, for tests that care about a few of them. */
import type { Id, TableNames } from "../../src/convex/_generated/dataModel.js"
import type {
  Member,
  Orchestration,
  OrchestrationDetail,
  Phase,
  Progress,
  Task,
  Team,
} from "../../src/dashboard/view/rows.ts"

export const start = Date.parse("2026-11-20T10:00:00.000Z")

export function at(minutes: number): string {
  return new Date(start + minutes * 60_000).toISOString()
}

/** Ids are opaque texts; a test may choose them. */
export function idOf<Table extends TableNames>(text: string): Id<Table> {
  if (!isId<Table>(text)) throw new Error("an id is a text with something in it")
  return text
}

function isId<Table extends TableNames>(text: string): text is Id<Table> {
  return text !== ""
}

export function boardOrchestration(fields: Partial<Orchestration> = {}): Orchestration {
  return {
    _id: idOf("o1"),
    _creationTime: start,
    nodeId: idOf("n1"),
    nodeName: "laptop",
    key: "worktree:/repo/auth",
    origin: "supervisor",
    featureName: "auth",
    totalPhases: 3,
    currentPhase: 1,
    status: "executing",
    startedAt: at(0),
    phases: [],
    pausedReason: null,
    ...fields,
  }
}

export function boardDetail(fields: Partial<OrchestrationDetail> = {}): OrchestrationDetail {
  return { ...boardOrchestration(), teams: [], members: [], ...fields }
}

export function boardPhase(phaseNumber: string, fields: Partial<Phase> = {}): Phase {
  return {
    _id: idOf(`p${phaseNumber}`),
    _creationTime: start,
    phaseNumber,
    status: "executing",
    ...fields,
  }
}

export function boardTeam(id: string, fields: Partial<Team> = {}): Team {
  return {
    _id: idOf(id),
    _creationTime: start,
    nodeId: idOf("n1"),
    orchestrationId: idOf("o1"),
    teamName: id,
    leadSessionId: "s",
    createdAt: start,
    ...fields,
  }
}

export function boardMember(name: string, fields: Partial<Member> = {}): Member {
  return {
    _id: idOf(`m-${name}`),
    _creationTime: start,
    nodeId: idOf("n1"),
    orchestrationId: idOf("o1"),
    phaseNumber: "1",
    agentName: name,
    recordedAt: at(0),
    ...fields,
  }
}

export function boardTask(taskId: string, fields: Partial<Task> = {}): Task {
  return {
    _id: idOf(`t${taskId}`),
    _creationTime: start,
    orchestrationId: idOf("o1"),
    taskId,
    subject: `task ${taskId}`,
    status: "pending",
    internal: false,
    recordedAt: at(0),
    statusSince: at(0),
    updatedAt: at(0),
    ...fields,
  }
}

export function boardProgress(fields: Partial<Progress> = {}): Progress {
  return {
    pending: 0,
    inProgress: 0,
    completed: 0,
    changedAt: at(0),
    isPartial: false,
    ...fields,
  }
}
