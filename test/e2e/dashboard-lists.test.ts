/** Lists that keep their places, filters, the export and notifications, in a real browser. */
import { expect } from "bun:test"
import { readFile } from "node:fs/promises"
import type { Page } from "playwright-core"
import type { Document } from "../../src/convex/documents.ts"
import { browserTest, openBrowser } from "../support/browser.ts"
import { adoption, orchestration, task } from "../support/documents.ts"
import { openStagedPage } from "../support/staged-page.ts"

const limit = 60_000
const names = (page: Page) => page.locator(".board-row a").allTextContents()

function started(featureName: string, fields: object = {}): Document {
  const key = `worktree:/w/${featureName}`
  return orchestration({ key, featureName, startedAt: new Date().toISOString(), ...fields })
}

browserTest(
  "nothing under the pointer moves: what is new is counted, what is gone stays until the pointer leaves",
  async () => {
    await using staged = await openStagedPage()
    await using browser = await openBrowser()
    const { page, problems } = await browser.open()
    await page.goto(staged.link())
    await page.locator(".board-row a", { hasText: /^auth$/ }).waitFor()
    const before = await names(page)
    const row = page.locator(".board-row", { hasText: "zero-downtime-reindex" })
    await row.hover()
    const top = async () => (await row.boundingBox())?.y
    const was = await top()
    await staged.apply("ci-1", [started("a-new-one"), adoption("session-new")])
    const pill = page
      .getByRole("region", { name: /Under way/ })
      .getByRole("button", { name: "2 new" })
    await pill.waitFor()
    const over = { of: { kind: "orchestration" as const, key: "team:session-7f3a91c2" } }
    await staged.apply("ci-1", [{ kind: "end", ...over, endedAt: new Date().toISOString() }])
    await page.locator(".board-row.is-gone", { hasText: "session-7f3a91c2" }).waitFor()
    expect(await names(page)).toEqual(before)
    expect(await top()).toBe(was)
    await pill.click()
    await page.locator(".board-row a", { hasText: "a-new-one" }).waitFor()

    await page.locator(".sidebar .tree").hover()
    await staged.apply("ci-1", [started("one-more")])
    await page.locator(".sidebar").getByRole("button", { name: /new$/ }).waitFor()
    expect(await page.locator(".sidebar").getByText("one-more").count()).toBe(0)
    await page.mouse.move(700, 20)
    await page.locator(".sidebar").getByText("one-more").waitFor()
    expect(problems).toEqual([])
  },
  limit,
)

browserTest(
  "a task that comes in above what is read is counted, and pushes nothing away",
  async () => {
    await using staged = await openStagedPage()
    await using browser = await openBrowser()
    const { page } = await browser.open({ height: 600 })
    await page.goto(staged.link())
    await page.locator(".board-row a", { hasText: /^auth$/ }).click()
    const read = page.getByRole("treeitem", { name: /#8 .*Measure sign-in time/ })
    await read.waitFor()
    await read.scrollIntoViewIfNeeded()
    await page.mouse.move(700, 20)
    const top = async () => (await read.boundingBox())?.y
    const was = await top()
    await staged.apply("mbp", [
      task({
        team: "auth-orchestration",
        taskId: "9",
        eventId: "late",
        subject: "an afterthought",
        recordedAt: new Date().toISOString(),
      }),
    ])
    const pill = page.locator(".work").getByRole("button", { name: "1 new" })
    await pill.waitFor()
    expect(await top()).toBe(was)
    await pill.click()
    await page.locator("main").evaluate((main) => main.scrollTo(0, 0))
    await page.getByRole("treeitem", { name: /#9 an afterthought/ }).waitFor()
  },
  limit,
)

browserTest(
  "on a phone the first screen says why something needs somebody, and teaches where nothing runs",
  async () => {
    await using browser = await openBrowser()
    const phone = { width: 390, height: 780, isPhone: true }
    await using staged = await openStagedPage()
    const { page } = await browser.open(phone)
    await page.goto(staged.link())
    await page.locator(".row-note", { hasText: "rejects credit notes with more than" }).waitFor()
    const tops = await page
      .locator(".sidebar [role=treeitem]")
      .evaluateAll((rows) =>
        rows.map((row) => [row.getBoundingClientRect().top, row.scrollHeight - row.clientHeight]),
      )
    expect(tops.every(([, hidden]) => hidden === 0)).toBe(true)
    expect(new Set(tops.map(([top]) => top)).size).toBe(tops.length)

    await using nothing = await openStagedPage({ nodes: [] })
    const { page: empty } = await browser.open(phone)
    await empty.goto(nothing.link())
    await empty.locator(".sidebar").getByText("CLAUDE_CODE_ENABLE_TODO_TOOLS=1 claude").waitFor()
  },
  limit,
)

browserTest(
  "every list can be narrowed by words, with the keyboard",
  async () => {
    await using staged = await openStagedPage()
    await using browser = await openBrowser()
    const { page, problems } = await browser.open()
    await page.goto(staged.link())
    await page.locator(".board-row a", { hasText: /^auth$/ }).waitFor()
    await page.keyboard.press("f")
    await page.keyboard.type("blocked ci")
    expect(await names(page)).toEqual(["billing-export"])
    await page.keyboard.type(" nobody")
    await page.getByText("Nothing here has these words").waitFor()
    await page.keyboard.press("Escape")
    expect(await names(page)).toHaveLength(5)
    await page.locator(".board-row a", { hasText: /^auth$/ }).click()
    await page.getByRole("treeitem", { name: /validate-design/ }).waitFor()
    await page.keyboard.press("f")
    await page.keyboard.type("attestation")
    const shown = page.locator(".work [role=treeitem]")
    await page.getByRole("treeitem", { name: /Verify attestation/ }).waitFor()
    expect(await shown.count()).toBe(3)
    await page.goto(`${staged.http.url}/#/history`)
    await page.getByRole("link", { name: "webhooks-v2" }).waitFor()
    await page.keyboard.press("f")
    await page.keyboard.type("csv complete")
    await page.getByRole("link", { name: "webhooks-v2" }).waitFor({ state: "detached" })
    await page.getByRole("link", { name: "csv-import" }).waitFor()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await page.keyboard.press("/")
    await page.keyboard.type("billing-phase-2")
    await page.getByRole("option", { name: /billing-phase-2/ }).waitFor()
    await page.keyboard.press("Enter")
    await page.getByRole("complementary", { name: "Team" }).waitFor()
    await page.keyboard.press("/")
    await page.keyboard.type("lost passkey")
    await page.getByRole("option", { name: /Revoke a lost passkey/ }).waitFor()
    await page.getByRole("button", { name: "Look through older tasks" }).click()
    await page
      .getByRole("button", { name: "Look through older tasks" })
      .waitFor({ state: "detached" })
    expect(await page.getByRole("option").count()).toBe(1)
    expect(problems).toEqual([])
  },
  limit,
)

browserTest(
  "a form is filled in and sent with the keyboard alone, and the focus comes back",
  async () => {
    await using staged = await openStagedPage()
    await using browser = await openBrowser()
    const { page, problems } = await browser.open()
    await page.goto(staged.link())
    await page.locator(".board-row a", { hasText: /^auth$/ }).click()
    const button = page.getByRole("button", { name: "Add a task" })
    await button.focus()
    await page.keyboard.press("Enter")
    const dialog = page.getByRole("dialog", { name: "Add a task" })
    await page.keyboard.type("one more thing")
    expect(await dialog.getByLabel("Subject").inputValue()).toBe("one more thing")
    await page.keyboard.press("Enter")
    await dialog.waitFor({ state: "detached" })
    await page.locator(".detail-actions .receipt").getByText("add a task").waitFor()
    expect(await button.evaluate((own) => own === document.activeElement)).toBe(true)
    await page.keyboard.press("n")
    await page.getByLabel("Repository").focus()
    await page.keyboard.type("/srv/app")
    await page.keyboard.press("Tab")
    await page.keyboard.type("docs/x.md")
    await page.keyboard.press("Tab")
    await page.keyboard.type("search")
    await page.keyboard.press("Enter")
    await page.locator(".started .receipt").getByText("queued").waitFor()
    expect(problems).toEqual([])
  },
  limit,
)

browserTest(
  "an orchestration is exported whole, and events are of the type that was chosen",
  async () => {
    await using staged = await openStagedPage()
    await using browser = await openBrowser()
    const { page } = await browser.open()
    await page.goto(staged.link())
    await page.locator(".board-row a", { hasText: /^auth$/ }).click()
    const download = page.waitForEvent("download")
    await page.getByRole("button", { name: "Export as JSON" }).click()
    const file = await download
    expect(file.suggestedFilename()).toBe("auth.json")
    const exported: unknown = JSON.parse(await readFile((await file.path()) ?? "", "utf8"))
    expect(exported).toMatchObject({ featureName: "auth", orchestratorTasks: { length: 8 } })

    const events = page.getByRole("tree", { name: "Events, newest first" })
    await page.getByLabel("Type of event").selectOption("phase_completed")
    await events.getByRole("treeitem", { name: /Phase 2 started/ }).waitFor({ state: "detached" })
    await events.getByRole("treeitem", { name: /Phase 1 is complete/ }).waitFor()
    expect(await events.getByRole("treeitem").count()).toBe(1)
    await page.getByLabel("Type of event").selectOption("retry")
    await events.getByRole("treeitem", { name: /tester was asked/ }).waitFor()
  },
  limit,
)

/** Makes the page think that nobody sees it, and notes what it tells the desktop. */
function unseen(): void {
  Object.defineProperty(document, "visibilityState", { get: () => "hidden" })
  const told: string[] = []
  class Noted extends EventTarget {
    static permission = "granted"
    static requestPermission = () => Promise.resolve("granted")
    constructor(title: string, { body }: { body: string }) {
      super()
      told.push(`${title}: ${body}`)
    }
  }
  Object.assign(globalThis, { Notification: Noted, told })
}

browserTest(
  "the desktop is told what newly needs somebody, by those who asked for it",
  async () => {
    await using staged = await openStagedPage()
    await using browser = await openBrowser()
    const { page, problems } = await browser.open()
    await page.addInitScript(unseen)
    await page.goto(staged.link())
    await page.locator(".need-card").first().waitFor()
    const told = () => page.evaluate(() => Reflect.get(globalThis, "told"))
    await staged.apply("mbp", [started("unheard", { status: "blocked" })])
    await page.locator(".need-card", { hasText: "unheard" }).waitFor()
    expect(await told()).toEqual([])
    await page.getByRole("button", { name: "Notify me when something needs me" }).click()
    await page.getByRole("button", { name: "Notifications are on" }).waitFor()
    await staged.apply("mbp", [started("stuck", { status: "blocked" })])
    await page.locator(".need-card", { hasText: "stuck" }).waitFor()
    expect(await told()).toEqual(["stuck needs you: blocked; no reason was recorded"])
    expect(problems).toEqual([])
  },
  limit,
)
