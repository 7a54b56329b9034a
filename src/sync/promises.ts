/**
 * The snapshot as promises: rows by source. They are checked when a source is first read, because an older program
 * may have written them; what is written after that is this program's own, and only looked at for its shape.
 */
import { z } from "zod"
import { isRecord } from "../base/json.ts"
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
  /** Of each source that was read, the keys of rows that did not fit. Those are checked each time. */
  const doubtfulKeys = new Map<string, ReadonlySet<string>>()

  function doubtfulIn(source: string, read = () => snapshot.read(source)): ReadonlySet<string> {
    return doubtfulKeys.getOrInsertComputed(source, () => {
      const misfits = [...read()].filter(([, row]) => !promisedSchema.safeParse(row).success)
      return new Set(misfits.map(([key]) => key))
    })
  }

  return {
    get(source, key) {
      return toPromised(snapshot.get(source, key), doubtfulIn(source).has(key))
    },
    all(source) {
      const read = snapshot.read(source)
      const doubtful = doubtfulIn(source, () => read)
      const rows = [...read].flatMap(([key, row]) => {
        const promised = toPromised(row, doubtful.has(key))
        return promised === undefined ? [] : [[key, promised] as const]
      })
      return new Map(rows)
    },
    put: (source, key, promised) => snapshot.put(source, key, promised),
    forget: (source) => snapshot.removeSource(source),
    sources: () => snapshot.sources(),
  }
}

function toPromised(row: unknown, isDoubtful: boolean): Promised | undefined {
  if (isDoubtful) return promisedSchema.safeParse(row).data
  return hasShape(row) ? row : undefined
}

/** Enough of a row that fitted before, or that this program wrote. */
function hasShape(row: unknown): row is Promised {
  if (!isRecord(row) || !isRecord(row["value"])) return false
  return "kind" in row["value"] && "ended" in row && "recordedAt" in row && "statusSince" in row
}

/** The supervisor state of a worktree (links resolved) as it was last promised. */
export function promisedState(worktree: string, rows: PromisedRows): SupervisorState | undefined {
  const key = supervisorStateKey(worktreeKey(worktree))
  const value = rows.get(`worktree/${worktree}`, key)?.value
  if (value?.kind !== "supervisorState") return undefined
  const parsed = parseSupervisorState(value.stateJson)
  return parsed.ok ? parsed.value : undefined
}
