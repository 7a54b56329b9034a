/**
 * What a daemon would show after its first scan, read without one: the same scan over the same files, with
 * promises that are kept in memory and sent to nobody.
 */
import type { ProblemView, TaskDetailView } from "../api/views.ts"
import type { Clock } from "../base/clock.ts"
import type { SyncConfig } from "../config/config.ts"
import { type Board, createBoard } from "./board.ts"
import { createEngine } from "./engine.ts"
import type { Enqueueing } from "./outbox.ts"
import { createProblems, problemToView } from "./problems.ts"
import type { Promised } from "./promise.ts"
import type { Promises } from "./promises.ts"
import { taskDetail } from "./task-detail.ts"
import { type Unlinked, unlinkedIn } from "./unlinked.ts"

export interface LocalState {
  readonly board: Board
  /** One task with its description; `team` is a name or a directory. */
  readonly describe: (team: string, id: string) => TaskDetailView | undefined
  readonly unlinked: Unlinked[]
  readonly problems: ProblemView[]
}

export interface LocalStateOptions {
  readonly claudeDir: string
  readonly sync: SyncConfig
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Waits up to 0.6 s for files that are half-written. Changes nothing on the disk. */
export async function readLocalState(options: LocalStateOptions): Promise<LocalState> {
  const { claudeDir, sync, clock, signal } = options
  const board = createBoard()
  const promises = createMemoryPromises()
  const problems = createProblems({ clock, changed() {} })
  const monotonicMs = () => performance.now()
  using engine = createEngine(
    {
      claudeDir,
      sync,
      store: { transaction: (work) => work() },
      promises,
      outbox: nowhere,
      problems,
      now: clock.now,
      newId: () => crypto.randomUUID(),
      changed() {},
      promised: board.follow,
    },
    { ring() {}, missed() {}, monotonicMs },
  )
  await engine.scan({ thorough: true, signal })
  for (
    let dueAt = engine.pending.nextDueAt();
    dueAt !== undefined;
    dueAt = engine.pending.nextDueAt()
  ) {
    await clock.sleep(Math.max(0, dueAt - monotonicMs()), signal)
    engine.step()
  }
  return {
    board,
    describe: (team, id) => taskDetail(board, promises, team, id),
    unlinked: unlinkedIn(engine.knowledge),
    problems: problems.list().map(problemToView),
  }
}

const nowhere: Enqueueing = { put: () => "queued", append() {}, withdraw() {} }

function createMemoryPromises(): Promises {
  const bySource = new Map<string, Map<string, Promised>>()
  const rowsOf = (source: string) => bySource.getOrInsertComputed(source, () => new Map())
  return {
    get: (source, key) => bySource.get(source)?.get(key),
    all: rowsOf,
    sources: () => [...bySource.keys()],
    forget: (source) => void bySource.delete(source),
    put: (source, key, promised) => void rowsOf(source).set(key, promised),
  }
}
