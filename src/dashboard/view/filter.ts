/** Which things a few typed words mean: those that have every word somewhere in their texts. Pure. */
import { phaseText } from "./summary.ts"
import type { HistoryOrchestration } from "./rows.ts"
import { lookOf, orchestrationLook } from "./tone.ts"
import type { WorkRow } from "./work-rows.ts"

export type Filter = (texts: readonly (string | undefined)[]) => boolean

/** Undefined for a text without words: then everything is meant. */
export function filterFor(text: string): Filter | undefined {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return undefined
  return (texts) => {
    const whole = texts.join("\n").toLowerCase()
    return words.every((word) => whole.includes(word))
  }
}

/** By its name, branch, status, phase, machine, and the words given besides. */
export function isOrchestrationMeant(
  row: HistoryOrchestration & { readonly pausedReason?: string | null },
  filter: Filter | undefined,
  besides: readonly (string | undefined)[] = [],
): boolean {
  if (filter === undefined) return true
  const { featureName, branch, nodeName, worktreePath } = row
  const own = [featureName, branch, nodeName, worktreePath, phaseText(row)]
  return filter([...own, orchestrationLook(row).label, ...besides])
}

/** The members and tasks that are meant, below the teams and phases that have them. */
export function meantRows(rows: readonly WorkRow[], filter: Filter | undefined): WorkRow[] {
  if (filter === undefined) return [...rows]
  const kept: WorkRow[] = []
  let level = 0
  for (const row of rows.toReversed()) {
    const isParent = row.level < level
    if (!isParent && !filter(textsOf(row))) continue
    kept.push(row)
    level = row.level
  }
  return kept.reverse()
}

function textsOf(row: WorkRow): (string | undefined)[] {
  switch (row.kind) {
    case "task": {
      const { taskId, subject, owner, status } = row.task
      return [`#${taskId}`, subject, owner, lookOf(status).label]
    }
    case "member": {
      const { agentName, agentType, model } = row.member
      return [agentName, agentType, model]
    }
    case "team":
      return [row.team.teamName]
    default:
      return []
  }
}
