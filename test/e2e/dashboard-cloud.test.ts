/** The page with a deployment that is not the daemon's own: who it is opened as, and as whom one can go on. */
import { expect } from "bun:test"
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { Page } from "playwright-core"
import { binary } from "../../bench/binary.ts"
import { startDaemon } from "../../bench/running-daemon.ts"
import { browserTest, openBrowser } from "../support/browser.ts"
import { eventually } from "../support/eventually.ts"
import { openOwnDeployment } from "../support/own-deployment.ts"
import { serveFiles } from "../support/serve-files.ts"
import { tmpHome } from "../support/tmp-home.ts"
import { openWorktreeState } from "../support/worktree-state.ts"

const limit = 90_000

async function pause(page: Page): Promise<void> {
  await page
    .locator(".control-row")
    .getByRole("button", { name: /^Pause/ })
    .click()
  await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click()
  const receipt = page.locator(".controls .receipt .is-done", { hasText: "observed" })
  await receipt.waitFor({ timeout: 20_000 })
}

browserTest(
  "with page_token the page is an operator's, and what is wrong with that token is a problem",
  async () => {
    await using home = await tmpHome()
    await using deployment = await openOwnDeployment(home)
    const { tokens } = deployment
    const worktree = await openWorktreeState(home)
    await worktree.write({ status: "executing" }, { status: "executing" })
    const start = (pageToken: string) =>
      startDaemon(home, {
        signal: AbortSignal.timeout(limit),
        args: [],
        settings: `${deployment.settings}page_token = "${pageToken}"\n`,
      })
    await using browser = await openBrowser()
    {
      await using daemon = await start(tokens.operator)
      const { page, problems } = await browser.open()
      await page.goto((await daemon.control.call("page.link")).url)
      await page.locator(".board-row a", { hasText: "auth" }).click()
      await pause(page)
      expect((await worktree.read()).paused).toBeDefined()
      const stored = await page.evaluate(() => JSON.stringify(localStorage))
      expect(stored).not.toContain(tokens.node)
      expect((await daemon.control.call("problems.list")).problems).toEqual([])
      expect(problems).toEqual([])
    }
    await using daemon = await start("nobody-issued-this-token-to-anybody")
    const problem = await eventually(
      async () => (await daemon.control.call("problems.list")).problems[0],
    )
    expect(problem).toMatchObject({ key: "page_token", hint: expect.stringContaining("operator") })
    expect(JSON.stringify(problem)).not.toContain("nobody-issued")
  },
  limit,
)

browserTest(
  "without page_token the page can only look, until somebody signs in there as an operator",
  async () => {
    await using home = await tmpHome()
    await using deployment = await openOwnDeployment(home)
    const { tokens, settings } = deployment
    const worktree = await openWorktreeState(home)
    await worktree.write({ status: "executing" }, { status: "executing" })
    const signal = AbortSignal.timeout(limit)
    await using daemon = await startDaemon(home, { signal, settings, args: [] })
    await using browser = await openBrowser()
    const { page, problems } = await browser.open()
    await page.goto((await daemon.control.call("page.link")).url)
    await page.locator(".board-row a", { hasText: "auth" }).click()
    await page.getByRole("button", { name: "node: read only" }).click()
    expect(await page.locator(".control-row").count()).toBe(0)
    const dialog = page.getByRole("dialog", { name: "Sign in as an operator" })
    const attempt = async (token: string) => {
      await dialog.getByLabel("Operator token").fill(token)
      await dialog.getByRole("button", { name: "Sign in" }).click()
    }
    await attempt("not-a-token-of-this-deployment")
    await dialog.getByText(/^Not accepted: the token is missing, unknown or revoked/).waitFor()
    await attempt(tokens.viewer)
    await dialog.getByText("That is a viewer's token.").waitFor()
    await attempt(tokens.operator)
    await dialog.waitFor({ state: "detached" })
    await pause(page)
    expect((await worktree.read()).paused).toBeDefined()
    await page.reload()
    await page
      .locator(".control-row")
      .getByRole("button", { name: /^Resume/ })
      .waitFor()
    expect(problems).toEqual([])
  },
  limit,
)

browserTest(
  "the exported page on another origin takes an operator's token to the effect on the disk",
  async () => {
    await using home = await tmpHome()
    await using deployment = await openOwnDeployment(home)
    const worktree = await openWorktreeState(home)
    await worktree.write({ status: "executing" }, { status: "executing" })
    const signal = AbortSignal.timeout(limit)
    const { settings, tokens, url } = deployment
    await using _daemon = await startDaemon(home, { signal, settings, args: [] })
    const dir = join(home.path, "page")
    const exported = Bun.spawnSync([binary, "dashboard", "export", dir], { env: { ...home.env } })
    expect(exported.exitCode).toBe(0)
    expect(existsSync(join(dir, "index.html"))).toBe(true)
    await using host = serveFiles(dir)
    await using browser = await openBrowser()
    const { page, problems, requests } = await browser.open({
      width: 390,
      height: 844,
      isPhone: true,
    })
    await page.goto(`${host.url}/sub/`)
    await page.getByLabel("Deployment").fill(`${url}/`)
    await page.getByLabel("Operator or viewer token").fill(tokens.operator)
    await page.getByRole("button", { name: "Sign in" }).click()
    await page.getByRole("treeitem", { name: /executing auth/ }).click()
    await pause(page)
    expect((await worktree.read()).paused).toBeDefined()
    await page.reload()
    await page.locator(".need-notice", { hasText: "paused by operator" }).waitFor()
    expect(new Set(requests.map((each) => new URL(each).origin))).toEqual(new Set([host.url]))
    expect(problems).toEqual([])
  },
  limit,
)
