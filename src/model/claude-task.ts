/**
 * One task as Claude Code writes it to `tasks/{dir}/{n}.json`. Ids count from 1 in every directory, so
 * a task is known by its directory and file together; `{n}` is its id.
 */
import { z } from "zod"
import type { Parsed } from "./claude-team.ts"
import { taskStatuses } from "./statuses.ts"
import { firstIssue, optionalText, textList } from "./tolerant.ts"

/** Room for a large description and metadata within Convex's 1 MiB for a document. */
const bodyBytes = 400_000

const taskSchema = z.object({
  subject: optionalText(8192),
  description: optionalText(bodyBytes),
  activeForm: optionalText(8192),
  status: z
    .enum(taskStatuses)
    .nullish()
    .transform((status) => status ?? "pending"),
  owner: optionalText(1024),
  blocks: textList.optional(),
  blockedBy: textList.optional(),
  metadata: z.record(z.string(), z.unknown()).optional().catch(undefined),
})

export interface ClaudeTask {
  readonly taskId: string
  readonly subject: string
  readonly description?: string | undefined
  readonly activeForm?: string | undefined
  readonly status: (typeof taskStatuses)[number]
  readonly owner?: string | undefined
  readonly blocks: readonly string[]
  readonly blockedBy: readonly string[]
  /** JSON text; absent when there is none or when it is too large to keep. */
  readonly metadata?: string | undefined
  readonly internal: boolean
}

/** A task from parsed JSON; `taskId` is the file's name without its extension. */
export function parseClaudeTask(json: unknown, taskId: string): Parsed<ClaudeTask> {
  const parsed = taskSchema.safeParse(json)
  if (!parsed.success) return { ok: false, reason: firstIssue(parsed.error) }
  const { subject, metadata, blocks, blockedBy, ...rest } = parsed.data
  return {
    ok: true,
    value: {
      ...rest,
      taskId: taskId.toWellFormed(),
      subject: subject ?? "(no subject)",
      blocks: blocks ?? [],
      blockedBy: blockedBy ?? [],
      metadata: metadataToText(metadata),
      internal: metadata?.["_internal"] === true,
    },
  }
}

function metadataToText(metadata: Record<string, unknown> | undefined): string | undefined {
  if (metadata === undefined || Object.keys(metadata).length === 0) return undefined
  const text = JSON.stringify(metadata).toWellFormed()
  return text.length * 3 > bodyBytes ? undefined : text
}
