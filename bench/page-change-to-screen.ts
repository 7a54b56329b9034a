/** From the write of a task file to its new subject in the page, with everything between. */
import { untilAborted } from "../src/base/async.ts"
import type { Bench } from "./bench.ts"
import { teamName } from "./claude-tree.ts"
import { pacedTree, timePacedWrites } from "./paced-writes.ts"
import { openPageView } from "./page-view.ts"

export const pageChangeToScreen: Bench = {
  name: "page.change_to_screen_ms",
  unit: "ms",
  summary: "Write of a task file to the page in a browser",
  async run({ signal }) {
    await using view = await openPageView(pacedTree, signal)
    const page = await view.newPage()
    let awaited: { readonly subject: string; readonly arrived: () => void } | undefined
    await page.exposeFunction("tellChanged", (text: string) => {
      if (awaited !== undefined && text.includes(awaited.subject)) awaited.arrived()
    })
    await page.goto(await view.link())
    await page.locator(".board-row a", { hasText: teamName(0) }).click()
    await page.getByRole("treeitem", { name: /#1 / }).waitFor()
    await page.evaluate(watchWork)
    const seen = (subject: string) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      // The end of the row is part of it: "change 1" is not "change 12".
      awaited = { subject: `${subject}\n`, arrived: resolve }
      return untilAborted(promise, signal)
    }
    return { samples: await timePacedWrites(view.home.claudeDir, seen, { count: 100, signal }) }
  },
}

/** Runs in the page: tells the titles of the tasks at each change, one to a line. */
function watchWork(): void {
  const work = document.querySelector(".work")
  const tell: unknown = Reflect.get(globalThis, "tellChanged")
  if (work === null || typeof tell !== "function") return
  const titles = () => [...work.querySelectorAll(".is-task .title")].map((each) => each.textContent)
  const observer = new MutationObserver(() => {
    tell(titles().join("\n") + "\n")
  })
  observer.observe(work, { subtree: true, childList: true, characterData: true })
}
