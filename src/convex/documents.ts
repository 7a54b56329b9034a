/**
 * The documents of `src/model/document.ts` as Convex validators: what `ingest.applyBatch` accepts and
 * answers, and the field types that `schema.ts` shares with it. A type test holds the two equal.
 */
import { type Infer, v } from "convex/values"

export const orchestrationStatus = v.union(
  v.literal("launching"),
  v.literal("planning"),
  v.literal("executing"),
  v.literal("reviewing"),
  v.literal("complete"),
  v.literal("blocked"),
)

export const phaseStatus = v.union(
  v.literal("planning"),
  v.literal("planned"),
  v.literal("executing"),
  v.literal("reviewing"),
  v.literal("complete"),
  v.literal("blocked"),
)

export const taskStatus = v.union(
  v.literal("pending"),
  v.literal("in_progress"),
  v.literal("completed"),
  v.literal("deleted"),
)

export const orchestrationOrigin = v.union(v.literal("supervisor"), v.literal("adopted"))

export const teamLink = v.union(v.literal("sidecar"), v.literal("registry"), v.literal("adopted"))

export const orchestrationDocument = v.object({
  kind: v.literal("orchestration"),
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
})

export const phaseDocument = v.object({
  kind: v.literal("phase"),
  orchestration: v.string(),
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
})

export const teamDocument = v.object({
  kind: v.literal("team"),
  orchestration: v.string(),
  dir: v.string(),
  teamName: v.string(),
  leadSessionId: v.string(),
  description: v.optional(v.string()),
  phaseNumber: v.optional(v.string()),
  createdAt: v.number(),
  linkedBy: teamLink,
})

export const memberDocument = v.object({
  kind: v.literal("member"),
  team: v.string(),
  agentName: v.string(),
  agentType: v.optional(v.string()),
  model: v.optional(v.string()),
  joinedAt: v.optional(v.string()),
  tmuxPaneId: v.optional(v.string()),
  cwd: v.optional(v.string()),
  recordedAt: v.string(),
})

export const taskDocument = v.object({
  kind: v.literal("task"),
  team: v.string(),
  taskId: v.string(),
  eventId: v.string(),
  subject: v.string(),
  description: v.optional(v.string()),
  activeForm: v.optional(v.string()),
  status: taskStatus,
  owner: v.optional(v.string()),
  blocks: v.array(v.string()),
  blockedBy: v.array(v.string()),
  metadata: v.optional(v.string()),
  internal: v.boolean(),
  recordedAt: v.string(),
})

export const eventDocument = v.object({
  kind: v.literal("event"),
  orchestration: v.string(),
  eventId: v.string(),
  phaseNumber: v.optional(v.string()),
  eventType: v.string(),
  source: v.string(),
  summary: v.string(),
  detail: v.optional(v.string()),
  recordedAt: v.string(),
})

export const supervisorStateDocument = v.object({
  kind: v.literal("supervisorState"),
  orchestration: v.string(),
  featureName: v.string(),
  stateJson: v.string(),
  updatedAt: v.number(),
})

export const endDocument = v.object({
  kind: v.literal("end"),
  of: v.union(
    v.object({ kind: v.literal("orchestration"), key: v.string() }),
    v.object({ kind: v.literal("team"), dir: v.string() }),
    v.object({ kind: v.literal("member"), team: v.string(), agentName: v.string() }),
    v.object({ kind: v.literal("task"), team: v.string(), taskId: v.string() }),
  ),
  endedAt: v.string(),
})

export const document = v.union(
  orchestrationDocument,
  phaseDocument,
  teamDocument,
  memberDocument,
  taskDocument,
  eventDocument,
  supervisorStateDocument,
  endDocument,
)

export const applyOutcome = v.union(
  v.literal("applied"),
  v.literal("unchanged"),
  v.literal("again"),
  v.literal("orphan"),
)

export type OrchestrationDocument = Infer<typeof orchestrationDocument>
export type PhaseDocument = Infer<typeof phaseDocument>
export type TeamDocument = Infer<typeof teamDocument>
export type MemberDocument = Infer<typeof memberDocument>
export type TaskDocument = Infer<typeof taskDocument>
export type EventDocument = Infer<typeof eventDocument>
export type SupervisorStateDocument = Infer<typeof supervisorStateDocument>
export type EndDocument = Infer<typeof endDocument>
export type Document = Infer<typeof document>
export type ApplyOutcome = Infer<typeof applyOutcome>
