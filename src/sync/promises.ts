/** The snapshot as promises: rows by source, checked when they are read because an older program wrote them. */
import { z } from "zod"
import {
  memberDocument,
  orchestrationDocument,
  phaseDocument,
  supervisorStateDocument,
  taskDocument,
  teamDocument,
} from "../model/document.ts"
import type { Store } from "../store/open.ts"
import { parseSupervisorState, type SupervisorState } from "../model/supervisor-state.ts"
import { worktreeKey } from "./link.ts"
import type { PromisedRows } from "./look.ts"
import { type Promised, supervisorStateKey } from "./promise.ts"

const promisedSchema: z.ZodType<Promised> = z.object({
  value: z.discriminatedUnion("kind", [
    orchestrationDocument,
    phaseDocument,
    teamDocument,
    memberDocument.omit({ recordedAt: true }),
    taskDocument.omit({ eventId: true, recordedAt: true }),
    supervisorStateDocument,
  ]),
  ended: z.boolean(),
  recordedAt: z.string(),
  statusSince: z.string(),
})

export interface Promises extends PromisedRows {
  put(source: string, key: string, promised: Promised): void
  /** Removes all that was promised from the source. */
  forget(source: string): void
  sources(): readonly string[]
}

/** A row that does not fit counts as never promised: it is promised again. */
export function createPromises({ snapshot }: Pick<Store, "snapshot">): Promises {
  return {
    get(source, key) {
      return promisedSchema.safeParse(snapshot.get(source, key)).data
    },
    all(source) {
      const rows = [...snapshot.read(source)].flatMap(([key, value]) => {
        const parsed = promisedSchema.safeParse(value)
        return parsed.success ? [[key, parsed.data] as const] : []
      })
      return new Map(rows)
    },
    put: (source, key, promised) => snapshot.put(source, key, promised),
    forget: (source) => snapshot.removeSource(source),
    sources: () => snapshot.sources(),
  }
}

/** The supervisor state of a worktree (links resolved) as it was last promised. */
export function promisedState(worktree: string, rows: PromisedRows): SupervisorState | undefined {
  const key = supervisorStateKey(worktreeKey(worktree))
  const value = rows.get(`worktree/${worktree}`, key)?.value
  if (value?.kind !== "supervisorState") return undefined
  const parsed = parseSupervisorState(value.stateJson)
  return parsed.ok ? parsed.value : undefined
}
