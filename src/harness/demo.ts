/**
 * The demo: agents who do not exist work on features that nobody ordered, on disk and for ever, so that a newcomer
 * sees phases, teams and tasks move. It writes below the two directories that it is given and nowhere else,
 * and it never talks to the daemon: that has to find out by itself, as it does with real agents.
 */
import { mkdir, realpath, rm } from "node:fs/promises"
import { createSystemClock, type Clock } from "../base/clock.ts"
import { systemCodeOf } from "../base/errors.ts"
import { playAdHoc } from "./play-ad-hoc.ts"
import { playFeature, type PlayedFeature } from "./play-feature.ts"
import { createSeededRandom } from "./seeded-random.ts"
import type { Stage } from "./stage.ts"
import { offlineDrafts } from "./stories/offline-drafts.ts"
import { rateLimits } from "./stories/rate-limits.ts"
import { searchIndex } from "./stories/search-index.ts"

export interface DemoOptions {
  /** Stands for `~/.claude`; made if it is missing. */
  readonly claudeDir: string
  /** Stands for a repository; the worktrees are below it. Made if it is missing. */
  readonly projectDir: string
  readonly signal: AbortSignal
  /** 1 is the speed at which a person can follow. */
  readonly speed?: number
  readonly seed?: number
  /** Stops after the first feature. */
  readonly once?: boolean
  readonly clock?: Clock
}

const beatMs = 1_200
const stories = [rateLimits, offlineDrafts, searchIndex] as const
/** Finished features that stay on disk. */
const keptFeatures = 2

/** Plays until the signal aborts, or one feature with `once`. What is on disk then stays there. */
export async function playDemo(options: DemoOptions): Promise<void> {
  const stage = await createStage(options)
  try {
    await playOn(stage, options.once ?? false)
  } catch (error) {
    if (!options.signal.aborted) throw error
  }
}

async function playOn(stage: Stage, once: boolean): Promise<void> {
  const finished: PlayedFeature[] = []
  for (let round = 0; ; round++) {
    const story = stories[round % stories.length] ?? rateLimits
    const again = Math.floor(round / stories.length)
    const feature = again === 0 ? story.feature : `${story.feature}-${again + 1}`
    finished.push(await playFeature(stage, story, feature))
    if (once) return
    if (finished.length > keptFeatures) await finished.shift()?.remove()
  }
}

async function createStage(options: DemoOptions): Promise<Stage> {
  const { clock = createSystemClock(), seed = 1, signal, speed = 1 } = options
  for (const dir of [options.claudeDir, options.projectDir]) await mkdir(dir, { recursive: true })
  const random = createSeededRandom(seed)
  const stage = {
    claudeDir: await realpath(options.claudeDir),
    projectDir: await realpath(options.projectDir),
    clock,
    random,
    async beat() {
      await clock.sleep((beatMs * (0.5 + random.next())) / speed, signal)
      if (random.chance(0.3)) await aside.next()
    },
  }
  const aside = playAdHoc(stage)
  return stage
}

/**
 * Plays for as long as the process `pid` runs, then removes both directories. A play that is told to stop
 * before that process waits for it, because whoever watches the directories should see them to its end.
 */
export async function playWith(pid: number, options: DemoOptions): Promise<void> {
  const clock = options.clock ?? createSystemClock()
  const over = new AbortController()
  const watching = untilGone(pid, clock).finally(() => over.abort())
  try {
    await playDemo({ ...options, signal: AbortSignal.any([options.signal, over.signal]) })
  } finally {
    await watching
    await rm(options.claudeDir, { recursive: true, force: true })
    await rm(options.projectDir, { recursive: true, force: true })
  }
}

async function untilGone(pid: number, clock: Clock): Promise<void> {
  const never = new AbortController().signal
  while (isRunning(pid)) await clock.sleep(250, never)
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return systemCodeOf(error) === "EPERM"
  }
}
