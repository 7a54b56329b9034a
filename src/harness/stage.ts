/**
 * Where a play takes place: the directories, the clock, the chance, and the two ways in which Claude Code
 * changes a file. Everything that the players do goes through it.
 */
import { mkdir, rename, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import type { Clock } from "../base/clock.ts"
import type { SeededRandom } from "./seeded-random.ts"

export interface Stage {
  /** Stands for `~/.claude`. */
  readonly claudeDir: string
  /** The repository that the agents work in, links resolved; worktrees are below it. */
  readonly projectDir: string
  readonly clock: Clock
  readonly random: SeededRandom
  /** Waits until the next thing may happen; rejects when the play is called off. */
  beat(): Promise<void>
}

/** Writes JSON as Claude Code does: over the old file, or beside it and renamed. A reader may see half of it. */
export async function writeLikeClaude(stage: Stage, path: string, value: unknown): Promise<void> {
  const content = JSON.stringify(value, null, 2)
  await mkdir(dirname(path), { recursive: true })
  if (stage.random.chance(0.5)) return await writeFile(path, content)
  const temporary = `${path}.tmp.${stage.random.uuid().slice(0, 8)}`
  await writeFile(temporary, content)
  await rename(temporary, path)
}

export function isoNow(stage: Stage): string {
  return new Date(stage.clock.now()).toISOString()
}
