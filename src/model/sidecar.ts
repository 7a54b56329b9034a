/**
 * The sidecar `teams/{dir}/tina-metadata.json`: the explicit link from a team directory to its orchestration, by
 * Convex id or natural key, or by worktree where there was no network when it was written.
 */
import { z } from "zod"
import type { Parsed } from "./claude-team.ts"
import { firstIssue } from "./tolerant.ts"

export const sidecarName = "tina-metadata.json"

const text = z
  .string()
  .min(1)
  .nullish()
  .transform((value) => value ?? undefined)

const sidecarSchema = z
  .object({
    orchestration_id: text,
    worktree_path: text,
    feature_name: text,
    phase_number: z
      .union([z.string(), z.number()])
      .nullish()
      .transform((value) => (value == null ? undefined : String(value))),
  })
  .transform((fields) => ({
    orchestrationId: fields.orchestration_id,
    worktreePath: fields.worktree_path,
    featureName: fields.feature_name,
    phaseNumber: fields.phase_number,
  }))
  .refine(
    (link) => link.orchestrationId ?? link.worktreePath ?? link.featureName,
    "names no orchestration_id, worktree_path or feature_name",
  )

export type Sidecar = z.infer<typeof sidecarSchema>

export function parseSidecar(json: unknown): Parsed<Sidecar> {
  const parsed = sidecarSchema.safeParse(json)
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, reason: firstIssue(parsed.error) }
}
