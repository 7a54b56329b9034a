/**
 * Promises anew what is known to have been promised: all of it to a deployment that is another one or was
 * reset, or one orchestration that the deployment has lost. The files are not read for this.
 */
import type { Document } from "../model/document.ts"
import type { Store } from "../store/open.ts"
import { endDocument } from "./commit.ts"
import { enqueue, type Outbox } from "./outbox.ts"
import { type Promised, teamKey, toDocument, type Value } from "./promise.ts"
import type { Promises } from "./promises.ts"

export interface PromiseAgainDeps {
  readonly store: Pick<Store, "transaction">
  readonly promises: Promises
  readonly outbox: Outbox
  readonly newId: () => string
}

const order = ["orchestration", "phase", "supervisorState", "team", "member", "task"] as const

/** Returns how many values were promised again. */
export function promiseAgain(
  deps: PromiseAgainDeps,
  wanted: (value: Value) => boolean = () => true,
): number {
  const rows = deps.promises
    .sources()
    .flatMap((source) => [...deps.promises.all(source)])
    .filter(([, { value }]) => wanted(value))
  const byKind = Map.groupBy(rows, ([, { value }]) => value.kind)
  deps.store.transaction(() => {
    for (const kind of order) {
      for (const [key, promised] of byKind.get(kind) ?? []) again(key, promised, deps)
    }
  })
  return rows.length
}

/**
 * Promises again what orphans belong to: `parents` (orchestrations, phases, teams, members) or `tasks`.
 * A document whose team was never promised belongs to nothing that could be restored.
 */
export function restore(
  orphans: readonly Document[],
  part: "parents" | "tasks",
  deps: PromiseAgainDeps,
): void {
  const orchestrations = new Set(orphans.map((orphan) => orchestrationOf(orphan, deps.promises)))
  const teams = teamsOf(orchestrations, deps.promises)
  promiseAgain(deps, (value) => {
    if (value.kind === "task") return part === "tasks" && teams.has(value.team)
    if (part === "tasks") return false
    if (value.kind === "member") return teams.has(value.team)
    return orchestrations.has(value.kind === "orchestration" ? value.key : value.orchestration)
  })
}

/**
 * Promises again what lives here and was below orchestrations that the deployment has lost, wherever `relink`
 * puts it now: the deployment erased the rows of teams, members and tasks too, though nothing here changed.
 * Returns how many values were promised again.
 */
export function restoreLost(
  lost: ReadonlySet<string>,
  relink: () => void,
  deps: PromiseAgainDeps,
): number {
  const living = livingValues(deps.promises)
  const teams = new Set(
    living.flatMap((value) =>
      value.kind === "team" && lost.has(value.orchestration) ? [value.dir] : [],
    ),
  )
  relink()
  const orchestrations = new Set(
    livingValues(deps.promises).flatMap((value) => {
      if (value.kind === "orchestration") return lost.has(value.key) ? [value.key] : []
      return value.kind === "team" && teams.has(value.dir) ? [value.orchestration] : []
    }),
  )
  if (orchestrations.size === 0) return 0
  return promiseAgain(deps, (value) => {
    if (value.kind === "orchestration") return orchestrations.has(value.key)
    if (value.kind === "team") return teams.has(value.dir)
    if (value.kind === "member" || value.kind === "task") return teams.has(value.team)
    return orchestrations.has(value.orchestration)
  })
}

/** Orchestrations and teams that were promised and have not ended. */
function livingValues(promises: Promises): Value[] {
  return promises
    .sources()
    .filter((source) => !source.startsWith("tasks/"))
    .flatMap((source) => [...promises.all(source).values()])
    .flatMap(({ value, ended }) => (ended ? [] : [value]))
}

function orchestrationOf(orphan: Document, promises: Promises): string | undefined {
  if ("orchestration" in orphan) return orphan.orchestration
  if (!("team" in orphan)) return undefined
  const team = promises.get(`team/${orphan.team}`, teamKey(orphan.team))?.value
  return team?.kind === "team" ? team.orchestration : undefined
}

function teamsOf(orchestrations: ReadonlySet<string | undefined>, promises: Promises): Set<string> {
  const rows = promises
    .sources()
    .filter((source) => source.startsWith("team/"))
    .flatMap((source) => [...promises.all(source).values()])
  return new Set(
    rows.flatMap(({ value }) =>
      value.kind === "team" && orchestrations.has(value.orchestration) ? [value.dir] : [],
    ),
  )
}

function again(key: string, promised: Promised, { outbox, newId }: PromiseAgainDeps): void {
  const { recordedAt } = promised
  enqueue(outbox, key, toDocument(promised.value, { recordedAt, newId }))
  const end = promised.ended ? endDocument(promised, recordedAt) : undefined
  if (end !== undefined) enqueue(outbox, key, end)
}
