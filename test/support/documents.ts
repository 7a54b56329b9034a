/** Documents with sensible fields, for tests that care about a few of them. */
import type {
  EventDocument,
  MemberDocument,
  OrchestrationDocument,
  PhaseDocument,
  SupervisorStateDocument,
  TaskDocument,
  TeamDocument,
} from "../../src/convex/documents.ts"

const startedAt = "2026-11-01T10:00:00.000Z"

export function orchestration(fields: Partial<OrchestrationDocument> = {}): OrchestrationDocument {
  return {
    kind: "orchestration",
    key: "worktree:/repo/.worktrees/auth",
    origin: "supervisor",
    featureName: "auth",
    branch: "tina/auth",
    worktreePath: "/repo/.worktrees/auth",
    totalPhases: 2,
    currentPhase: 1,
    status: "executing",
    startedAt,
    ...fields,
  }
}

/** The ad hoc orchestration under which an unlinked team is adopted. */
export function adoption(dir: string): OrchestrationDocument {
  return {
    kind: "orchestration",
    key: `team:${dir}`,
    origin: "adopted",
    featureName: dir,
    totalPhases: 0,
    currentPhase: 0,
    status: "executing",
    startedAt,
  }
}

export function phase(fields: Partial<PhaseDocument> = {}): PhaseDocument {
  return {
    kind: "phase",
    orchestration: orchestration().key,
    phaseNumber: "1",
    status: "executing",
    ...fields,
  }
}

export function team(fields: Partial<TeamDocument> = {}): TeamDocument {
  return {
    kind: "team",
    orchestration: orchestration().key,
    dir: "session-abc",
    teamName: "session-abc",
    leadSessionId: "13c46daf-ec5d-4f53-b03a-a5e96d9efc42",
    createdAt: 1_790_000_000_000,
    linkedBy: "sidecar",
    ...fields,
  }
}

export function member(fields: Partial<MemberDocument> = {}): MemberDocument {
  return {
    kind: "member",
    team: team().dir,
    agentName: "team-lead",
    model: "opus",
    recordedAt: startedAt,
    ...fields,
  }
}

export function task(fields: Partial<TaskDocument> = {}): TaskDocument {
  return {
    kind: "task",
    team: team().dir,
    taskId: "1",
    eventId: "event-1",
    subject: "write the parser",
    status: "pending",
    blocks: [],
    blockedBy: [],
    internal: false,
    recordedAt: startedAt,
    ...fields,
  }
}

export function event(fields: Partial<EventDocument> = {}): EventDocument {
  return {
    kind: "event",
    orchestration: orchestration().key,
    eventId: "orchestration-event-1",
    eventType: "phase_started",
    source: "tina-daemon",
    summary: "Phase 1 started",
    recordedAt: startedAt,
    ...fields,
  }
}

export function supervisorState(
  fields: Partial<SupervisorStateDocument> = {},
): SupervisorStateDocument {
  return {
    kind: "supervisorState",
    orchestration: orchestration().key,
    featureName: "auth",
    stateJson: "{}",
    updatedAt: 1_790_000_000_000,
    ...fields,
  }
}
