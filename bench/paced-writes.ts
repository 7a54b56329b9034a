/** The task files of one team, written in turn with pauses, each time with a new subject. */
import { writeFileSync } from "node:fs"
import { sleep } from "../src/base/async.ts"
import { taskPath, taskText } from "./claude-tree.ts"

/** Each file rests longer than the time for which changes that follow each other are gathered. */
const pauseMs = 80
export const pacedTree = { teams: 1, tasksPerTeam: 5 } as const

/** Writes `count` times, waits for `seen(subject)` after each, and returns how long each took. */
export async function timePacedWrites(
  claudeDir: string,
  seen: (subject: string) => Promise<void>,
  { count, signal }: { readonly count: number; readonly signal: AbortSignal },
): Promise<number[]> {
  const samples: number[] = []
  for (let round = 0; round < count; round++) {
    await sleep(pauseMs, signal)
    const subject = `change ${round}`
    const id = (round % pacedTree.tasksPerTeam) + 1
    const path = taskPath(claudeDir, 0, id)
    const content = taskText({ id, status: "in_progress", subject })
    const arrival = seen(subject)
    const startedAt = performance.now()
    writeFileSync(path, content)
    await arrival
    samples.push(performance.now() - startedAt)
  }
  return samples
}
