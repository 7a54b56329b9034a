/** The page in a real browser over a running daemon with 10,000 tasks, for the benches that look at it. */
import { type Browser, chromium, type Page } from "playwright-core"
import { chromium as installed } from "../test/support/browser.ts"
import { type TmpHome, tmpHome } from "../test/support/tmp-home.ts"
import { type TreeSize, writeTree } from "./claude-tree.ts"
import { type RunningDaemon, settled, startDaemon } from "./running-daemon.ts"

export interface PageView extends AsyncDisposable {
  readonly home: TmpHome
  readonly daemon: RunningDaemon
  /** A browser that has never seen the page. */
  newPage(): Promise<Page>
  /** A link that works once. */
  link(): Promise<string>
}

/** Fails where there is no Chromium: without a browser there is nothing to measure. */
export async function openPageView(size: TreeSize, signal: AbortSignal): Promise<PageView> {
  if (installed === undefined) throw new Error("no Chromium: apt-get install chromium")
  await using opened = new AsyncDisposableStack()
  const home = opened.use(await tmpHome())
  writeTree(home.claudeDir, size)
  const daemon = opened.use(await startDaemon(home, { signal }))
  await settled(daemon.control, size.teams * size.tasksPerTeam)
  const browser: Browser = await chromium.launch({
    executablePath: installed,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  })
  opened.defer(() => browser.close())
  const owned = opened.move()
  return {
    home,
    daemon,
    newPage: async () => (await browser.newContext({ reducedMotion: "reduce" })).newPage(),
    link: async () => (await daemon.control.call("page.link")).url,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
