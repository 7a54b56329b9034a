/**
 * Forgets what ended long ago, so that the store, the start and the lists do not grow with history. The
 * deployment keeps its rows; only late writes to the tasks of a team that is forgotten find no team any more.
 */
import type { Store } from "../store/open.ts"
import type { Board } from "./board.ts"
import type { Promised } from "./promise.ts"
import type { Promises } from "./promises.ts"

export interface ForgetDeps {
  readonly store: Pick<Store, "transaction">
  readonly promises: Promises
  readonly board: Pick<Board, "forget">
}

/** Forgets teams and worktrees that ended before this time (ISO 8601); returns the teams' directories. */
export function forgetEnded(endedBefore: string, deps: ForgetDeps): string[] {
  const { promises, board, store } = deps
  const isOld = ({ ended, recordedAt }: Promised) => ended && recordedAt < endedBefore
  const sources = promises.sources()
  const oldSources = sources.filter((source) => {
    const heads = [...promises.all(source).values()].filter(({ value }) =>
      isHead(source, value.kind),
    )
    return heads.length > 0 && heads.every(isOld)
  })
  const teams = oldSources.flatMap((source) => teamOf(source) ?? [])
  const forgotten = new Set(teams)
  const tasks = sources.filter(
    (source) => source.startsWith("tasks/") && isOf(source, forgotten, promises),
  )
  store.transaction(() => {
    for (const source of [...oldSources, ...tasks]) promises.forget(source)
  })
  for (const dir of teams) board.forget(dir)
  return teams
}

/** The value of a source with whose end all of it has ended. */
function isHead(source: string, kind: Promised["value"]["kind"]): boolean {
  return source.startsWith("team/") ? kind === "team" : kind === "orchestration"
}

function teamOf(source: string): string | undefined {
  return source.startsWith("team/") ? source.slice("team/".length) : undefined
}

function isOf(source: string, teams: ReadonlySet<string>, promises: Promises): boolean {
  for (const { value } of promises.all(source).values()) {
    return value.kind === "task" && teams.has(value.team)
  }
  return false
}
