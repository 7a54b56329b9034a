/**
 * Every table with its indexes. Times are ISO 8601 strings in UTC, except `createdAt`, `registeredAt`
 * and `updatedAt` where they are numbers: milliseconds since 1970. `blocks`, `blockedBy`, `metadata`
 * and `detail` are JSON text. `endedAt` says when the source of a row was seen to be gone; the row stays.
 * An index that starts with `nodeId` serves what one machine may see or write.
 */
import { defineSchema, defineTable } from "convex/server"
import { v } from "convex/values"
import { actionStatus, actionType } from "./actionTypes.ts"
import {
  orchestrationOrigin,
  orchestrationStatus,
  phaseStatus,
  taskStatus,
  teamLink,
} from "./documents.ts"
import { reportFields } from "./rows/nodeReports.ts"

/** A task as it was at one moment: the columns that its history and its current state share. */
const taskState = {
  nodeId: v.id("nodes"),
  orchestrationId: v.id("orchestrations"),
  teamId: v.optional(v.id("teams")),
  phaseNumber: v.optional(v.string()),
  taskId: v.string(),
  eventId: v.optional(v.string()),
  subject: v.string(),
  description: v.optional(v.string()),
  activeForm: v.optional(v.string()),
  status: taskStatus,
  owner: v.optional(v.string()),
  blocks: v.optional(v.string()),
  blockedBy: v.optional(v.string()),
  metadata: v.optional(v.string()),
  internal: v.boolean(),
  recordedAt: v.string(),
}

export default defineSchema({
  nodes: defineTable({
    name: v.string(),
    os: v.string(),
    version: v.optional(v.string()),
    registeredAt: v.number(),
    authTokenHash: v.string(),
  })
    .index("by_name_auth", ["name", "authTokenHash"])
    .index("by_auth", ["authTokenHash"]),

  /** One row per node, apart from `nodes`, so that a beat wakes only those who watch beats. */
  heartbeats: defineTable({
    nodeId: v.id("nodes"),
    lastHeartbeat: v.number(),
    stopped: v.boolean(),
  }).index("by_node", ["nodeId"]),

  /** What a node last said of itself: one row per node; see `rows/nodeReports.ts`. */
  nodeReports: defineTable({
    nodeId: v.id("nodes"),
    ...reportFields,
    reportedAt: v.number(),
  }).index("by_node", ["nodeId"]),

  tokens: defineTable({
    hash: v.string(),
    role: v.union(v.literal("node"), v.literal("operator"), v.literal("viewer")),
    label: v.string(),
    createdAt: v.number(),
    revokedAt: v.optional(v.number()),
  }).index("by_hash", ["hash"]),

  projects: defineTable({
    name: v.string(),
    repoPath: v.string(),
    createdAt: v.string(),
  })
    .index("by_repo_path", ["repoPath"])
    .index("by_name", ["name"]),

  orchestrations: defineTable({
    nodeId: v.id("nodes"),
    projectId: v.optional(v.id("projects")),
    /** `worktree:PATH`, `feature:NAME` or `team:DIR`; unique on its node. */
    key: v.string(),
    origin: orchestrationOrigin,
    featureName: v.string(),
    specDocPath: v.optional(v.string()),
    branch: v.optional(v.string()),
    worktreePath: v.optional(v.string()),
    totalPhases: v.number(),
    currentPhase: v.number(),
    status: orchestrationStatus,
    startedAt: v.string(),
    completedAt: v.optional(v.string()),
    totalElapsedMins: v.optional(v.number()),
    endedAt: v.optional(v.string()),
  })
    .index("by_node_key", ["nodeId", "key"])
    .index("by_node_started", ["nodeId", "startedAt"])
    .index("by_node_ended_started", ["nodeId", "endedAt", "startedAt"])
    .index("by_node_status", ["nodeId", "status", "endedAt"])
    .index("by_started", ["startedAt"])
    .index("by_status", ["status", "endedAt"])
    .index("by_feature", ["featureName", "startedAt"])
    .index("by_node_feature", ["nodeId", "featureName", "startedAt"])
    .index("by_project", ["projectId", "startedAt"]),

  phases: defineTable({
    orchestrationId: v.id("orchestrations"),
    phaseNumber: v.string(),
    status: phaseStatus,
    planPath: v.optional(v.string()),
    gitRange: v.optional(v.string()),
    planningMins: v.optional(v.number()),
    executionMins: v.optional(v.number()),
    reviewMins: v.optional(v.number()),
    startedAt: v.optional(v.string()),
    completedAt: v.optional(v.string()),
    blockedReason: v.optional(v.string()),
  }).index("by_orchestration_phase", ["orchestrationId", "phaseNumber"]),

  /**
   * `registeredAt` is set when somebody registered the team (the registry that links directories);
   * `linkedBy` once its directory was seen. A row may have either or both.
   */
  teams: defineTable({
    nodeId: v.id("nodes"),
    orchestrationId: v.id("orchestrations"),
    teamName: v.string(),
    localDirName: v.optional(v.string()),
    leadSessionId: v.string(),
    description: v.optional(v.string()),
    phaseNumber: v.optional(v.string()),
    parentTeamId: v.optional(v.id("teams")),
    tmuxSessionName: v.optional(v.string()),
    createdAt: v.number(),
    registeredAt: v.optional(v.number()),
    linkedBy: v.optional(teamLink),
    endedAt: v.optional(v.string()),
    /** The rows below it still name an earlier orchestration or phase; see `rows/moveTeam.ts`. */
    moving: v.optional(v.literal(true)),
  })
    .index("by_node", ["nodeId"])
    .index("by_node_dir", ["nodeId", "localDirName"])
    .index("by_node_name", ["nodeId", "teamName"])
    .index("by_node_session", ["nodeId", "leadSessionId"])
    .index("by_node_registered", ["nodeId", "endedAt", "registeredAt"])
    .index("by_team_name", ["teamName"])
    .index("by_orchestration", ["orchestrationId", "endedAt"])
    .index("by_parent", ["parentTeamId"]),

  teamMembers: defineTable({
    nodeId: v.id("nodes"),
    orchestrationId: v.id("orchestrations"),
    teamId: v.optional(v.id("teams")),
    /** "0" for the team of the orchestration itself. */
    phaseNumber: v.string(),
    agentName: v.string(),
    agentType: v.optional(v.string()),
    model: v.optional(v.string()),
    joinedAt: v.optional(v.string()),
    tmuxPaneId: v.optional(v.string()),
    cwd: v.optional(v.string()),
    recordedAt: v.string(),
    endedAt: v.optional(v.string()),
  })
    .index("by_team_agent", ["teamId", "agentName"])
    .index("by_team_ended", ["teamId", "endedAt"])
    .index("by_team_link", ["teamId", "orchestrationId", "phaseNumber"])
    .index("by_orchestration_phase_agent", ["orchestrationId", "phaseNumber", "agentName"]),

  /** The current state of each task: one row for as long as the task is known. */
  tasks: defineTable({
    ...taskState,
    /** When its status last changed. */
    statusSince: v.string(),
    /** When anything about it last changed, its end included. */
    updatedAt: v.string(),
    endedAt: v.optional(v.string()),
    /** The last transition that only repeated this row, so that a repeat stays known as one. */
    repeatedEventId: v.optional(v.string()),
  })
    .index("by_team_task", ["teamId", "taskId"])
    .index("by_team_link", ["teamId", "orchestrationId", "phaseNumber"])
    .index("by_orchestration", ["orchestrationId"])
    .index("by_orchestration_team_phase_task", [
      "orchestrationId",
      "teamId",
      "phaseNumber",
      "taskId",
    ]),

  /** How many tasks of an orchestration are in each status; see `rows/taskCounts.ts`. */
  taskCounts: defineTable({
    orchestrationId: v.id("orchestrations"),
    pending: v.number(),
    inProgress: v.number(),
    completed: v.number(),
    /** When one of the counted tasks last changed; "" while none is counted. */
    changedAt: v.string(),
    /** While not all tasks are counted: the creation time of the last one that is. */
    countedTo: v.optional(v.number()),
  }).index("by_orchestration", ["orchestrationId"]),

  /** Every transition of a task that was read, in order; only ever appended to. */
  taskEvents: defineTable(taskState)
    .index("by_node_event", ["nodeId", "eventId"])
    .index("by_team_link", ["teamId", "orchestrationId", "phaseNumber"])
    .index("by_team_task", ["teamId", "taskId"])
    .index("by_orchestration", ["orchestrationId"])
    .index("by_orchestration_task", ["orchestrationId", "taskId"]),

  orchestrationEvents: defineTable({
    nodeId: v.id("nodes"),
    orchestrationId: v.id("orchestrations"),
    eventId: v.optional(v.string()),
    phaseNumber: v.optional(v.string()),
    eventType: v.string(),
    source: v.string(),
    summary: v.string(),
    detail: v.optional(v.string()),
    recordedAt: v.string(),
  })
    .index("by_node_event", ["nodeId", "eventId"])
    .index("by_orchestration_recorded", ["orchestrationId", "recordedAt"])
    .index("by_orchestration_type_recorded", ["orchestrationId", "eventType", "recordedAt"]),

  supervisorStates: defineTable({
    nodeId: v.id("nodes"),
    orchestrationId: v.id("orchestrations"),
    featureName: v.string(),
    stateJson: v.string(),
    updatedAt: v.number(),
  })
    .index("by_orchestration", ["orchestrationId"])
    .index("by_node_feature", ["nodeId", "featureName", "updatedAt"]),

  /** What people asked a node to do; see `rows/actions.ts` for how the status moves. */
  inboundActions: defineTable({
    nodeId: v.id("nodes"),
    /** Absent where the action is to make the orchestration. */
    orchestrationId: v.optional(v.id("orchestrations")),
    type: actionType,
    payload: v.string(),
    status: actionStatus,
    requestedBy: v.string(),
    idempotencyKey: v.optional(v.string()),
    createdAt: v.number(),
    deliveredAt: v.optional(v.number()),
    claimedAt: v.optional(v.number()),
    claimedBy: v.optional(v.string()),
    /** Counts the claims: what a claimer reports is heard only with the number of its own claim. */
    fence: v.number(),
    leaseUntil: v.optional(v.number()),
    startedAt: v.optional(v.number()),
    completedAt: v.optional(v.number()),
    result: v.optional(v.string()),
    observedAt: v.optional(v.number()),
    observation: v.optional(v.string()),
  })
    .index("by_node", ["nodeId"])
    .index("by_node_status", ["nodeId", "status", "leaseUntil"])
    .index("by_node_key", ["nodeId", "idempotencyKey"])
    .index("by_orchestration", ["orchestrationId"])
    .index("by_lease", ["status", "leaseUntil"])
    .index("by_completed", ["completedAt"]),
})
