/** One task file, written again and again with pauses, each time with a new subject. */
import { writeFileSync } from "node:fs"
import { sleep } from "../src/base/async.ts"
import { taskPath, taskText } from "./claude-tree.ts"

/** Longer than the time for which changes that follow each other are collected. */
const pauseMs = 150

/** Writes `count` times, waits for `seen(subject)` after each, and returns how long each took. */
export async function timePacedWrites(
  claudeDir: string,
  seen: (subject: string) => Promise<void>,
  { count, signal }: { readonly count: number; readonly signal: AbortSignal },
): Promise<number[]> {
  const path = taskPath(claudeDir, 0, 1)
  const samples: number[] = []
  for (let round = 0; round < count; round++) {
    await sleep(pauseMs, signal)
    const subject = `change ${round}`
    const content = taskText({ id: 1, status: "in_progress", subject })
    const arrival = seen(subject)
    const startedAt = performance.now()
    writeFileSync(path, content)
    await arrival
    samples.push(performance.now() - startedAt)
  }
  return samples
}
