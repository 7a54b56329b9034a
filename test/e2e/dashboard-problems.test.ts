/** What is wrong on two machines, from their disks to the page, through the compiled binary. */
import { expect } from "bun:test"
import { readAccess, startDaemon } from "../../bench/running-daemon.ts"
import { browserTest, openBrowser } from "../support/browser.ts"
import { claudeTree } from "../support/claude-tree.ts"
import { tmpHome } from "../support/tmp-home.ts"

const limit = 90_000

browserTest(
  "problems and teams that are not linked are on the page with what helps, until they are mended",
  async () => {
    const signal = AbortSignal.timeout(limit)
    await using home = await tmpHome()
    await using otherHome = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("lost-team")
    tree.sidecar("lost-team", { orchestration_id: "nobody-knows-it" })
    const own = 'node_name = "mbp"\n[local]\nport = 0\n'
    await using daemon = await startDaemon(home, { signal, settings: own })
    const { url, nodeToken } = await readAccess(home)
    const settings = `convex_url = "${url}"\nauth_token = "${nodeToken}"\nnode_name = "ci-1"\n`
    const other = await startDaemon(otherHome, { signal, settings, args: [] })
    const otherTree = claudeTree(otherHome.claudeDir)
    otherTree.team("web")
    otherTree.raw("tasks/web/1.json", `{ "${nodeToken}`)

    await using browser = await openBrowser()
    const { page, problems } = await browser.open()
    await page.goto((await daemon.control.call("page.link")).url)
    const section = page.getByRole("region", { name: /Problems on nodes/ })
    const lost = section.locator(".finding", { hasText: "lost-team" })
    await lost.getByText("not linked: its sidecar").waitFor()
    await lost.getByText("link-team --team lost-team --feature FEATURE").waitFor()
    await lost.getByText("mbp", { exact: true }).waitFor()
    await section.locator(".finding", { hasText: "tasks/web/1.json" }).getByText("ci-1").waitFor()
    await page.getByRole("treeitem", { name: /ci-1 1 problem/ }).click()
    const report = page.getByRole("region", { name: "What is wrong on ci-1" })
    await report.getByText("cannot read").waitFor()
    expect(await page.content()).not.toContain(nodeToken)

    await other[Symbol.asyncDispose]()
    await report.getByText("ci-1 is offline: this is what it said last").waitFor()
    otherTree.task("web", "1")
    await using _again = await startDaemon(otherHome, { signal, settings, args: [] })
    await report.waitFor({ state: "detached", timeout: 20_000 })
    tree.sidecar("lost-team", { feature: "auth" })
    tree.remove("teams/lost-team/tina-metadata.json")
    await page
      .getByRole("region", { name: /What is wrong/ })
      .waitFor({ state: "detached", timeout: 20_000 })
    await page.keyboard.press("g")
    await page.keyboard.press("o")
    await page.locator(".board-row a", { hasText: "lost-team" }).waitFor()
    expect(await section.count()).toBe(0)
    expect(problems).toEqual([])
  },
  limit,
)
