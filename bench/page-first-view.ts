/** From the opening of the link, in a browser that has never seen the page, to the first orchestrations on it. */
import type { Bench } from "./bench.ts"
import { openPageView } from "./page-view.ts"

const times = 10

export const pageFirstView: Bench = {
  name: "page.first_view_ms",
  unit: "ms",
  summary: "Opening the page to its first rows, 200 teams with 50 tasks each",
  async run({ signal }) {
    await using view = await openPageView({ teams: 200, tasksPerTeam: 50 }, signal)
    const samples: number[] = []
    for (let round = 0; round < times; round++) {
      const page = await view.newPage()
      const link = await view.link()
      const startedAt = performance.now()
      await page.goto(link, { waitUntil: "commit" })
      await page.locator(".board-row").first().waitFor()
      samples.push(performance.now() - startedAt)
      await page.context().close()
    }
    return { samples }
  },
}
