/** The page in a real browser, on a deployment with a staged day of work. */
import { expect } from "bun:test"
import type { Page } from "playwright-core"
import { axeProblems, browserTest, openBrowser, type View } from "../support/browser.ts"
import { task } from "../support/documents.ts"
import { openStagedPage, type StagedPage } from "../support/staged-page.ts"

const limit = 60_000

async function enter(staged: StagedPage, { page }: View): Promise<void> {
  await page.goto(staged.link())
  await page.locator(".frame").waitFor()
  await page.locator("[role=treeitem]").first().waitFor()
}

async function openAuth(page: Page): Promise<void> {
  await page.locator(".board-row a", { hasText: /^auth$/ }).click()
  await page.getByRole("heading", { name: "auth", level: 1 }).waitFor()
  await page
    .getByRole("treeitem", { name: /Phase 2/ })
    .first()
    .waitFor()
}

const row = (page: Page, name: RegExp) => page.getByRole("treeitem", { name }).first()

browserTest(
  "every view opens, links to itself, asks no other host, and writes no error",
  async () => {
    await using staged = await openStagedPage()
    await using browser = await openBrowser()
    const view = await browser.open()
    const { page } = view
    await enter(staged, view)
    expect(new URL(page.url()).hash).toBe("#/")
    expect(await page.locator("[aria-labelledby=needs] .need-card").allTextContents()).toEqual([
      expect.stringContaining("phase 2 is blocked: the staging ledger rejects credit notes"),
      expect.stringContaining("stalled: no change for 12m while 1 task is in progress"),
      expect.stringContaining("paused: waiting for the design of the conflict screen"),
    ])

    await openAuth(page)
    await row(page, /#5 .*Revoke a lost passkey/).click()
    const detail = page.getByRole("complementary", { name: "Task" })
    await detail.getByRole("heading", { name: "Done when" }).waitFor()
    const link = page.url()
    await page.reload()
    await detail.getByRole("heading", { name: /Revoke a lost passkey/ }).waitFor()
    expect(page.url()).toBe(link)

    await row(page, /tester working/).click()
    await page.getByRole("complementary", { name: "Member" }).getByText("test-engineer").waitFor()
    await row(page, /tester was asked to run the suite again/).click()
    await page.getByRole("complementary", { name: "Event" }).getByText("flaky clock").waitFor()
    await page.goto(`${staged.http.url}/#/history`)
    await page.getByRole("link", { name: "webhooks-v2" }).waitFor()
    await page.goto(`${staged.http.url}/#/nodes`)
    await page.getByRole("rowheader", { name: "ci-1" }).waitFor()

    const hosts = new Set(view.requests.map((url) => new URL(url).host))
    expect([...hosts].sort()).toEqual([new URL(staged.http.url).host])
    expect(view.problems).toEqual([])
  },
  limit,
)

browserTest(
  "a change in the deployment is on the screen without a reload",
  async () => {
    await using staged = await openStagedPage()
    await using browser = await openBrowser()
    const view = await browser.open()
    await enter(staged, view)
    await openAuth(view.page)
    const subject = "Measure sign-in time before and after"
    const changed = task({
      team: "auth-phase-2",
      taskId: "8",
      eventId: "live-1",
      subject,
      status: "in_progress",
      owner: "tester",
      recordedAt: new Date().toISOString(),
    })
    await staged.apply("mbp", [changed])
    await row(view.page, /in progress #8/).waitFor()
    await staged.apply("mbp", [{ ...changed, eventId: "live-2", status: "completed" }])
    await row(view.page, /completed #8/).waitFor()
    await row(view.page, /Phase 2 .*4 of 8/).waitFor()
  },
  limit,
)

browserTest(
  "a task that means harm is shown as it was written and does none",
  async () => {
    await using staged = await openStagedPage()
    await using browser = await openBrowser()
    const view = await browser.open()
    const { page } = view
    await enter(staged, view)
    await page.locator(".board-row a", { hasText: "session-7f3a91c2" }).click()
    await row(page, /#3/).click()
    const detail = page.getByRole("complementary", { name: "Task" })
    await detail.getByText("<script>window.hurt = true</script>").waitFor()
    await detail.getByText("press me").click()
    expect(
      await detail
        .locator("a[target=_blank]")
        .evaluateAll((all) => all.map((a) => a.getAttribute("href"))),
    ).toEqual(["https://example.com/a", "https://example.com/track.png"])
    expect(await detail.locator("script, iframe, img").count()).toBe(0)
    expect(await page.evaluate(() => "hurt" in globalThis)).toBe(false)
    await detail.getByRole("button", { name: "Show more" }).click()
    expect(
      await detail.locator(".prose").evaluate((prose) => prose.textContent.length),
    ).toBeGreaterThan(100_000)
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
    ).toBeLessThanOrEqual(0)
    expect(view.problems).toEqual([])
    expect(view.requests.filter((url) => url.includes("example.com"))).toEqual([])
  },
  limit,
)

browserTest(
  "everything can be reached with the keyboard alone, and the focus comes back",
  async () => {
    await using staged = await openStagedPage()
    await using browser = await openBrowser()
    const view = await browser.open()
    const { page } = view
    await enter(staged, view)
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key)
    }
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"))

    await press("?")
    await page.getByRole("dialog", { name: "Keys" }).waitFor()
    await press("Escape", "/")
    await page.getByRole("dialog", { name: "Search" }).waitFor()
    await page.keyboard.type("lost passkey")
    await page.getByRole("option", { name: /Revoke a lost passkey/ }).waitFor()
    await press("Enter")
    await page
      .getByRole("complementary", { name: "Task" })
      .getByRole("heading", { name: /Revoke/ })
      .waitFor()
    await press("Escape")
    await page.waitForURL(/#\/o\/\w+$/)
    await press("j")
    expect(await focused()).toBe("Phases, teams, members and tasks")
    await press("Home", "h")
    await page.locator('[role=treeitem][data-active][aria-expanded="false"]').waitFor()
    await press("l", "j", "j", "Enter")
    await page.getByRole("complementary", { name: "Member" }).waitFor()
    expect(await focused()).toBe("Phases, teams, members and tasks")
    await press("Escape", "g", "n")
    await page.waitForURL(/#\/nodes$/)
    await press("g", "o")
    await page.waitForURL(/#\/$/)
    const theme = () => page.evaluate(() => document.documentElement.dataset["theme"])
    await press("t")
    expect(await theme()).toBe("light")
    await press("t")
    expect(await theme()).toBe("dark")

    await press("?")
    await page.getByLabel("Use single keys as commands").uncheck()
    await press("Escape", "t")
    expect(await theme()).toBe("dark")
    expect(view.problems).toEqual([])
  },
  limit,
)

browserTest(
  "axe finds nothing, in light and in dark, in any view",
  async () => {
    await using staged = await openStagedPage()
    await using browser = await openBrowser()
    for (const theme of ["light", "dark"] as const) {
      const view = await browser.open({ theme })
      const { page } = view
      await enter(staged, view)
      const found = { overview: await axeProblems(page) } as Record<string, string[]>
      await openAuth(page)
      await row(page, /#5 .*Revoke/).click()
      await page.getByRole("heading", { name: "Done when" }).waitFor()
      found["orchestration"] = await axeProblems(page)
      await page.keyboard.press("/")
      await page.keyboard.type("pass")
      await page.getByRole("listbox").getByRole("option").first().waitFor()
      found["search"] = await axeProblems(page)
      await page.keyboard.press("Escape")
      await page.keyboard.press("Escape")
      await page.getByRole("button", { name: "Add a task" }).click()
      await page.getByRole("dialog", { name: "Add a task" }).waitFor()
      found["form"] = await axeProblems(page)
      await page.keyboard.press("Escape")
      for (const screen of ["nodes", "history", "start"]) {
        await page.goto(`${staged.http.url}/#/${screen}`)
        await page.locator("main :is(table, form)").waitFor()
        found[screen] = await axeProblems(page)
      }
      expect(Object.values(found).flat()).toEqual([])
      expect(Object.keys(found)).toHaveLength(7)
      await view.context.close()
    }
  },
  limit,
)

browserTest(
  "from 375 to 1920 pixels nothing scrolls sideways, and each pane can be reached",
  async () => {
    await using staged = await openStagedPage()
    await using browser = await openBrowser()
    const view = await browser.open()
    const { page } = view
    await enter(staged, view)
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    for (const width of [375, 480, 767, 768, 900, 1199, 1200, 1440, 1920]) {
      await page.setViewportSize({ width, height: 800 })
      expect([width, "overview", await overflow()]).toEqual([width, "overview", 0])
      await row(page, /^executing auth/).click()
      await row(page, /#2 .*plan-phase-1/).click()
      await page.getByRole("heading", { name: "Done when" }).waitFor()
      expect([width, "task", await overflow()]).toEqual([width, "task", 0])
      await page.getByRole("link", { name: "Close" }).click()
      await page.waitForURL(/#\/o\/\w+$/)
      if (width < 768) await page.getByRole("link", { name: "Back" }).click()
    }
  },
  limit,
)

browserTest(
  "a link works once, a revoked browser is told, and a viewer has no controls",
  async () => {
    await using staged = await openStagedPage()
    await using browser = await openBrowser()
    const first = await browser.open()
    const link = staged.link("viewer")
    await first.page.goto(link)
    await first.page.getByText("viewer: read only").waitFor()
    await first.page.locator(".board-row a", { hasText: "billing-export" }).click()
    await row(first.page, /Phase 2/).waitFor()
    expect(await first.page.getByRole("button", { name: /Retry/ }).count()).toBe(0)

    const second = await browser.open()
    await second.page.goto(link)
    await second.page.getByText("the link was used before or is too old").waitFor()
    expect(await second.page.getByText("tina-daemon open").count()).toBe(1)
    expect(await second.page.content()).not.toContain("billing-export")
    await first.page.getByRole("button", { name: "Sign out" }).click()
    await first.page.getByText("This page opens with a link that works once").waitFor()
  },
  limit,
)

browserTest(
  "an operator's click is an action with a receipt",
  async () => {
    await using staged = await openStagedPage()
    await using browser = await openBrowser()
    const view = await browser.open()
    await enter(staged, view)
    await view.page.locator(".board-row a", { hasText: "billing-export" }).click()
    await view.page.getByRole("button", { name: /Retry phase 2/ }).click()
    const receipt = view.page.locator(".controls .receipt")
    await receipt.getByText("queued").waitFor()
    expect(await receipt.textContent()).toContain("retry")
    expect(await receipt.locator(".is-done").count()).toBe(1)
    await view.page.locator(".sidebar").getByText("auth", { exact: true }).click()
    await view.page.getByRole("button", { name: /^Pause/ }).waitFor()
    await view.page.keyboard.press("p")
    const dialog = view.page.getByRole("dialog", { name: /Pause: auth/ })
    await dialog.getByLabel(/Reason/).fill("lunch")
    await dialog.getByRole("button", { name: "Pause" }).click()
    await receipt.getByText("pause").waitFor()
  },
  limit,
)
