/**
 * The roster that Claude Code writes to `teams/{dir}/config.json`. Only a member's name is needed;
 * versions of Claude Code differ in everything else (no version field, members without type or model).
 */
import { z } from "zod"
import { firstIssue, optionalNumber, optionalText, textList } from "./tolerant.ts"

const nameBytes = 1024

const memberSchema = z.object({
  name: z
    .string()
    .min(1)
    .max(nameBytes)
    .transform((name) => name.toWellFormed()),
  agentType: optionalText(nameBytes),
  model: optionalText(nameBytes),
  joinedAt: optionalNumber,
  tmuxPaneId: optionalText(nameBytes),
  cwd: optionalText(4096),
  subscriptions: textList.optional(),
})

const teamSchema = z.object({
  name: optionalText(nameBytes),
  description: optionalText(16_384),
  createdAt: optionalNumber,
  leadSessionId: optionalText(nameBytes),
  members: z.array(z.unknown()).catch([]),
})

export type ClaudeMember = z.infer<typeof memberSchema>

export interface ClaudeTeam extends Omit<z.infer<typeof teamSchema>, "members"> {
  readonly members: readonly ClaudeMember[]
}

export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string }

/** A roster from parsed JSON. Members without a name, and repeated names after the first, are left out. */
export function parseClaudeTeam(json: unknown): Parsed<ClaudeTeam> {
  const parsed = teamSchema.safeParse(json)
  if (!parsed.success) return { ok: false, reason: firstIssue(parsed.error) }
  const byName = new Map<string, ClaudeMember>()
  for (const item of parsed.data.members) {
    const member = memberSchema.safeParse(item)
    if (member.success && !byName.has(member.data.name)) byName.set(member.data.name, member.data)
  }
  return { ok: true, value: { ...parsed.data, members: [...byName.values()] } }
}
