/** The page as the compiled binary serves it, over a real Claude directory. */
import { expect } from "bun:test"
import { readAccess, startDaemon } from "../../bench/running-daemon.ts"
import { binary } from "../../bench/binary.ts"
import { browserTest, openBrowser } from "../support/browser.ts"
import { claudeTree } from "../support/claude-tree.ts"
import { serveFiles } from "../support/serve-files.ts"
import { tmpHome } from "../support/tmp-home.ts"

const limit = 60_000
const signal = () => AbortSignal.timeout(limit)

browserTest(
  "a change of a file is on the screen, and after a restart the page goes on by itself",
  async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("session-1a2b3c4d")
    tree.task("session-1a2b3c4d", "1", { subject: "first of all" })
    await using browser = await openBrowser()
    const { page, problems } = await browser.open()

    const daemon = await startDaemon(home, { signal: signal() })
    const { url } = await readAccess(home)
    const { url: link } = await daemon.control.call("page.link")
    await page.goto(link)
    await page.locator(".board-row a", { hasText: "session-1a2b3c4d" }).click()
    await page.getByRole("treeitem", { name: /pending #1 first of all/ }).waitFor()
    tree.task("session-1a2b3c4d", "1", { subject: "first of all", status: "in_progress" })
    await page.getByRole("treeitem", { name: /in progress #1 first of all/ }).waitFor()
    expect(problems).toEqual([])

    await daemon[Symbol.asyncDispose]()
    await page.locator(".frame[data-stale]").waitFor({ timeout: 20_000 })
    await page.getByText(/^last update/).waitFor()
    await page.getByText("first of all").waitFor()
    tree.task("session-1a2b3c4d", "1", { subject: "first of all", status: "completed" })
    const port = `[local]\nport = ${new URL(url).port}\n`
    await using again = await startDaemon(home, { signal: signal(), settings: port })
    await page
      .getByRole("treeitem", { name: /completed #1 first of all/ })
      .waitFor({ timeout: 30_000 })
    await page.getByText("connected", { exact: true }).waitFor()
    expect((await again.control.call("daemon.status")).health).toBe("healthy")
  },
  limit,
)

browserTest(
  "the exported files show the same to who has an address and a token",
  async () => {
    await using home = await tmpHome()
    claudeTree(home.claudeDir).team("session-1a2b3c4d")
    await using _daemon = await startDaemon(home, { signal: signal() })
    const { url, viewerToken } = await readAccess(home)
    const dir = `${home.path}/page`
    const exported = Bun.spawnSync([binary, "dashboard", "export", dir], { env: { ...home.env } })
    expect(exported.exitCode).toBe(0)
    await using host = serveFiles(dir)
    await using browser = await openBrowser()
    const { page, problems } = await browser.open({ width: 390, height: 844, isPhone: true })
    await page.goto(`${host.url}/sub/`)
    await page.getByLabel("Deployment").fill("not an address")
    await page.getByRole("button", { name: "Sign in" }).click()
    await page.getByText("The address has the form").waitFor()
    await page.getByLabel("Deployment").fill(url)
    await page.getByLabel("Operator or viewer token").fill(viewerToken)
    await page.getByRole("button", { name: "Sign in" }).click()
    await page.getByRole("treeitem", { name: /session-1a2b3c4d/ }).waitFor()
    expect(problems).toEqual([])
  },
  limit,
)
