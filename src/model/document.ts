/**
 * Documents: what the outbox sends and `ingest.applyBatch` applies, in order, idempotently.
 * They name each other by natural keys and never by Convex ids, so that a batch means the same before
 * and after a restart, a reset deployment, or a move to another one. Times are ISO 8601 in UTC
 * (`toISOString`). An optional field is absent, never null. The same shapes as Convex validators are
 * in `src/convex/documents.ts`; a type test keeps the two equal.
 *
 * Keys, each unique on one node:
 *   orchestration  `worktree:PATH`, `feature:NAME` (no worktree) or `team:DIR` (adopted, ad hoc)
 *   team           the team's directory name below `teams/`
 *   member         team + agent name          task    team + task id
 *   phase          orchestration + phase number (a string: "1", "1.5")
 */
import { z } from "zod"
import { orchestrationStatuses, phaseStatuses, taskStatuses } from "./statuses.ts"

const iso = z.string()
const text = z.string()

/** One run of a feature in one worktree, or an ad hoc team that no orchestration claims. */
export const orchestrationDocument = z.strictObject({
  kind: z.literal("orchestration"),
  key: text,
  origin: z.enum(["supervisor", "adopted"]),
  featureName: text,
  specDocPath: text.exactOptional(),
  branch: text.exactOptional(),
  worktreePath: text.exactOptional(),
  totalPhases: z.number(),
  currentPhase: z.number(),
  status: z.enum(orchestrationStatuses),
  startedAt: iso,
  completedAt: iso.exactOptional(),
  totalElapsedMins: z.number().exactOptional(),
})

export const phaseDocument = z.strictObject({
  kind: z.literal("phase"),
  orchestration: text,
  phaseNumber: text,
  status: z.enum(phaseStatuses),
  planPath: text.exactOptional(),
  gitRange: text.exactOptional(),
  planningMins: z.number().exactOptional(),
  executionMins: z.number().exactOptional(),
  reviewMins: z.number().exactOptional(),
  startedAt: iso.exactOptional(),
  completedAt: iso.exactOptional(),
  blockedReason: text.exactOptional(),
})

export const teamDocument = z.strictObject({
  kind: z.literal("team"),
  orchestration: text,
  dir: text,
  teamName: text,
  leadSessionId: text,
  description: text.exactOptional(),
  phaseNumber: text.exactOptional(),
  createdAt: z.number(),
  linkedBy: z.enum(["sidecar", "registry", "adopted"]),
})

export const memberDocument = z.strictObject({
  kind: z.literal("member"),
  team: text,
  agentName: text,
  agentType: text.exactOptional(),
  model: text.exactOptional(),
  joinedAt: iso.exactOptional(),
  tmuxPaneId: text.exactOptional(),
  cwd: text.exactOptional(),
  recordedAt: iso,
})

/**
 * One transition of a task that was read: the whole task as it then was. Applying it appends to the
 * history once per `eventId` and makes it the task's current state.
 */
export const taskDocument = z.strictObject({
  kind: z.literal("task"),
  team: text,
  taskId: text,
  eventId: text,
  subject: text,
  description: text.exactOptional(),
  activeForm: text.exactOptional(),
  status: z.enum(taskStatuses),
  owner: text.exactOptional(),
  blocks: z.array(text),
  blockedBy: z.array(text),
  /** JSON text of the metadata object. */
  metadata: text.exactOptional(),
  /** A tracker row that Claude Code keeps for a teammate (`metadata._internal`). */
  internal: z.boolean(),
  recordedAt: iso,
})

export const eventDocument = z.strictObject({
  kind: z.literal("event"),
  orchestration: text,
  eventId: text,
  phaseNumber: text.exactOptional(),
  eventType: text,
  source: text,
  summary: text,
  /** JSON text. */
  detail: text.exactOptional(),
  recordedAt: iso,
})

export const supervisorStateDocument = z.strictObject({
  kind: z.literal("supervisorState"),
  orchestration: text,
  featureName: text,
  stateJson: text,
  updatedAt: z.number(),
})

/** The source of a row is gone: the row stays, marked with the time at which that was seen. */
export const endDocument = z.strictObject({
  kind: z.literal("end"),
  of: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("orchestration"), key: text }),
    z.strictObject({ kind: z.literal("team"), dir: text }),
    z.strictObject({ kind: z.literal("member"), team: text, agentName: text }),
    z.strictObject({ kind: z.literal("task"), team: text, taskId: text }),
  ]),
  endedAt: iso,
})

export const documentSchema = z.discriminatedUnion("kind", [
  orchestrationDocument,
  phaseDocument,
  teamDocument,
  memberDocument,
  taskDocument,
  eventDocument,
  supervisorStateDocument,
  endDocument,
])

export type OrchestrationDocument = z.infer<typeof orchestrationDocument>
export type PhaseDocument = z.infer<typeof phaseDocument>
export type TeamDocument = z.infer<typeof teamDocument>
export type MemberDocument = z.infer<typeof memberDocument>
export type TaskDocument = z.infer<typeof taskDocument>
export type EventDocument = z.infer<typeof eventDocument>
export type SupervisorStateDocument = z.infer<typeof supervisorStateDocument>
export type EndDocument = z.infer<typeof endDocument>
export type Document = z.infer<typeof documentSchema>

/**
 * What `ingest.applyBatch` says of each document, in the order of the batch.
 * `applied`: rows changed. `unchanged`: they already said so. `again`: a bounded part of a large move
 * was done; send it again. `orphan`: the orchestration or team that it names is not there.
 */
export type ApplyOutcome = "applied" | "unchanged" | "again" | "orphan"
