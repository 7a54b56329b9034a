/** How long a frame of the page takes while 500 task files change in each second. */
import { writeFileSync } from "node:fs"
import type { Page } from "playwright-core"
import { sleep } from "../src/base/async.ts"
import type { Bench, BenchContext } from "./bench.ts"
import { taskPath, taskText } from "./claude-tree.ts"
import { openPageView } from "./page-view.ts"

const size = { teams: 200, tasksPerTeam: 50 }
const watchedMs = 10_000
const burst = { files: 25, everyMs: 50 }

export const pageFrame: Bench = {
  name: "page.frame_ms",
  unit: "ms",
  summary: "A frame of the page while 500 of 10,000 tasks change in each second",
  async run(context) {
    await using view = await openPageView(size, context.signal)
    const page = await view.newPage()
    await page.goto(await view.link())
    await page.locator(".board-row").first().waitFor()
    const frames = timeFrames(page)
    await writeFor(view.home.claudeDir, context)
    return { samples: await frames }
  },
}

async function writeFor(claudeDir: string, { signal }: BenchContext): Promise<void> {
  const until = performance.now() + watchedMs
  for (let round = 0; performance.now() < until; round++) {
    for (let index = 0; index < burst.files; index++) {
      const file = (round * burst.files + index) % (size.teams * size.tasksPerTeam)
      const id = 1 + Math.floor(file / size.teams)
      const content = taskText({ id, status: "in_progress", subject: `round ${round}` })
      writeFileSync(taskPath(claudeDir, file % size.teams, id), content)
    }
    await sleep(burst.everyMs, signal)
  }
}

/** The times between frames, in milliseconds. */
function timeFrames(page: Page): Promise<number[]> {
  return page.evaluate(
    (ms) =>
      new Promise<number[]>((resolve) => {
        const frames: number[] = []
        const startedAt = performance.now()
        let before = startedAt
        const onFrame = (now: number) => {
          frames.push(now - before)
          before = now
          if (now - startedAt < ms) requestAnimationFrame(onFrame)
          else resolve(frames.slice(1))
        }
        requestAnimationFrame(onFrame)
      }),
    watchedMs,
  )
}
