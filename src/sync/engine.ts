/**
 * One run of the sync: knowledge, watchers and what waits, put together and moved one step at a time. It owns
 * the watchers; the service owns the waiting. What throws in here (a full disk, a damaged store) ends the
 * run, and the next run begins with a scan of everything.
 */
import type { SyncConfig } from "../config/config.ts"
import type { Store } from "../store/open.ts"
import { commit } from "./commit.ts"
import { noWatches, readKernelWatches } from "./kernel-watches.ts"
import { createKnowledge, type Knowledge } from "./knowledge.ts"
import { claudePaths, type Target, type WatchRoot, worktreeRoot } from "./layout.ts"
import type { Registry } from "./link.ts"
import { look, type LookDeps, type SourceLook } from "./look.ts"
import type { Enqueueing } from "./outbox.ts"
import { createPending, type Pending } from "./pending.ts"
import type { Problems } from "./problems.ts"
import type { Promised } from "./promise.ts"
import type { Promises } from "./promises.ts"
import { createRetries } from "./retries.ts"
import { isRacy, readJson } from "./read-json.ts"
import { recallTeams, standingTargets } from "./recall.ts"
import { createResting } from "./resting.ts"
import { scan } from "./scan.ts"
import { createWatchers, type Watchers } from "./watch.ts"
import { findWorktrees } from "./worktrees.ts"

/**
 * A change is looked at when it is heard of. Later ones of the same target are gathered while they follow each
 * other closely, and never for longer than the maximum.
 */
const coalescing = { quietMs: 100, maxWaitMs: 1000 }
/** What is read of the configuration when a run begins. */
export interface SyncSettings {
  readonly claudeDir: string
  readonly sync: SyncConfig
}

export interface EngineDeps extends SyncSettings {
  readonly store: Pick<Store, "transaction">
  readonly promises: Promises
  readonly outbox: Enqueueing
  readonly problems: Problems
  readonly now: () => number
  readonly newId: () => string
  /** Another source of hints; native watchers unless given. */
  readonly openWatchers?: typeof createWatchers
  /** Documents of these teams, or of orchestrations, were promised. */
  readonly changed: (teams: ReadonlySet<string>) => void
  /** How many milliseconds after the first hint at it a change was promised. */
  readonly promisedAfter?: (ms: number) => void
  /** Each value as it is promised, once it is on the disk. */
  readonly promised: (promised: Promised) => void
}

/** Targets to look at in one transaction: enough for a burst, little enough for others to have their turn. */
const batchSize = 500

export interface Engine extends Disposable {
  readonly knowledge: Knowledge
  readonly pending: Pending
  /**
   * Opens and renews watchers, scans, and queues what changed. Returns how many targets did. `thorough`: looks into
   * directories too of which nothing can have changed unheard.
   */
  scan(options: ScanOptions): Promise<number>
  /** Looks at what is due and promises it. Returns how many documents changed. */
  step(): number
  /** Takes over what the deployment knows of this node, and links anew. */
  learn(registry: Registry): void
  /** Whether a root is missing or not watched, so that its coming must be looked for. */
  isBlind(): boolean
  /** True when a root came or went. */
  refresh(): boolean
}

export interface ScanOptions {
  readonly thorough: boolean
  readonly signal: AbortSignal
}

export interface EngineEvents {
  readonly ring: () => void
  readonly missed: (reason: string) => void
  /** Milliseconds that only go forward. */
  readonly monotonicMs: () => number
}

export function createEngine(deps: EngineDeps, events: EngineEvents): Engine {
  const knowledge = createKnowledge()
  recallTeams(knowledge, deps.promises)
  const pending = createPending(coalescing)
  const now = events.monotonicMs()
  for (const target of standingTargets(deps.promises)) pending.planAt(target, now)
  const paths = claudePaths(deps.claudeDir)
  const watchers = openWatchers(deps, pending, events)
  const retries = createRetries({
    problems: deps.problems,
    lookAgain: (target, afterMs) => pending.repeatAt(target, events.monotonicMs() + afterMs),
  })
  const lookDeps: LookDeps = {
    paths,
    read(path, target) {
      const reading = readJson(path, deps.sync.maxFileBytes)
      if (reading.status === "read" && isRacy(reading.changedMs, deps.now())) {
        pending.planAt(target, events.monotonicMs() + coalescing.quietMs)
      }
      return reading
    },
    adopt: deps.sync.adopt,
    knowledge,
    problems: deps.problems,
    retries,
    promised: deps.promises,
  }
  const roots = (): WatchRoot[] => [
    { kind: "teams", path: paths.teams },
    { kind: "tasks", path: paths.tasks },
    { kind: "lookups", path: paths.lookups },
    ...[...knowledge.worktrees.keys()].map(worktreeRoot),
  ]

  function isBlind(): boolean {
    return !watchers.watches(paths.teams) || !watchers.watches(paths.tasks)
  }

  /** A directory that somebody else in this process watches proves nothing. */
  function restingIn(thorough: boolean) {
    const readWatches = () => (isBlind() ? noWatches : readKernelWatches())
    const { rests } = knowledge
    return createResting(
      { rests, readWatches, now: deps.now },
      { roots: [paths.teams, paths.tasks], thorough },
    )
  }

  function promise(looks: readonly SourceLook[]): number {
    const committed = commit(looks, { ...deps, teamOf: (dir) => teamOf(knowledge, dir) })
    for (const promised of committed.changed) deps.promised(promised)
    if (committed.changed.length > 0) deps.changed(committed.teams)
    return committed.changed.length
  }

  return {
    knowledge,
    pending,
    async scan({ thorough, signal }) {
      watchers.refresh(roots())
      const resting = restingIn(thorough)
      const worktrees = findWorktrees(paths.lookups, deps.sync.worktrees, knowledge)
      const targets = await scan(worktrees, { ...lookDeps, resting }, signal)
      const now = events.monotonicMs()
      for (const target of targets) pending.planAt(target, now)
      return targets.length
    },
    step() {
      const now = events.monotonicMs()
      const hintedAt = pending.firstHintAt(now)
      const targets = pending.take(now, batchSize)
      if (targets.length === 0) return 0
      const worktreesBefore = knowledge.worktrees.size
      const changes = promise(look(targets, lookDeps))
      if (changes > 0 && hintedAt !== undefined) {
        deps.promisedAfter?.(events.monotonicMs() - hintedAt)
      }
      if (mayNameWorktrees(targets) || knowledge.worktrees.size !== worktreesBefore) {
        events.missed("worktrees changed")
      }
      return changes
    },
    learn(registry) {
      knowledge.registry = registry
      promise(look([], lookDeps))
    },
    refresh: () => watchers.refresh(roots()),
    isBlind,
    [Symbol.dispose]: () => watchers[Symbol.dispose](),
  }
}

function openWatchers(deps: EngineDeps, pending: Pending, events: EngineEvents): Watchers {
  return (deps.openWatchers ?? createWatchers)({
    hint(target) {
      pending.hint(target, events.monotonicMs())
      events.ring()
    },
    missed: events.missed,
    failed(root, reason) {
      const message = `cannot watch ${root.path}: ${reason}; changes are found by scanning`
      deps.problems.report(root.path, { code: "unwatched", message, hint: "tina-daemon doctor" })
    },
    opened: (root) => deps.problems.clear(root.path),
  })
}

/** Look-ups, sidecars and members' directories tell of worktrees that nobody watches yet. */
function mayNameWorktrees(targets: readonly Target[]): boolean {
  return targets.some(({ kind }) => kind === "lookups" || kind === "team")
}

function teamOf(knowledge: Knowledge, dir: string) {
  const team = knowledge.teams.get(dir)
  if (team?.found === undefined || !team.link.linked) return undefined
  return { orchestration: team.link.orchestration, phaseNumber: team.link.phaseNumber }
}
