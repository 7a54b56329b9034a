/** Each control of the page, from the click to its effect in the orchestration's state file. */
import { expect } from "bun:test"
import type { Page } from "playwright-core"
import { startDaemon } from "../../bench/running-daemon.ts"
import { browserTest, openBrowser } from "../support/browser.ts"
import { eventually } from "../support/eventually.ts"
import { tmpHome } from "../support/tmp-home.ts"
import { openWorktreeState, type WorktreeState } from "../support/worktree-state.ts"

const limit = 120_000
/** What the state file says of the orchestration and of its first phase. */
async function briefly(worktree: WorktreeState) {
  const { status, phases, paused } = await worktree.read()
  return { status, phase: phases["1"]?.status, paused: paused !== undefined }
}

/** Waits until the newest receipt is that of the action, and its effect was seen. */
async function observed(page: Page, action: string): Promise<void> {
  const receipt = page.locator(".controls .receipt", {
    has: page.getByText(action, { exact: true }),
  })
  await receipt.locator(".is-done", { hasText: "observed" }).waitFor({ timeout: 20_000 })
}

browserTest(
  "pause, resume, reject, retry and approve reach the state file, and their receipts say so",
  async () => {
    await using home = await tmpHome()
    const worktree = await openWorktreeState(home)
    await worktree.write({ status: "executing" }, { status: "executing" })
    await using daemon = await startDaemon(home, { signal: AbortSignal.timeout(limit) })
    await using browser = await openBrowser()
    const { page, problems } = await browser.open()
    await page.goto((await daemon.control.call("page.link")).url)
    await page.locator(".board-row a", { hasText: "auth" }).click()
    const press = (name: RegExp) =>
      page.locator(".control-row").getByRole("button", { name }).click()
    const state = (wanted: object) =>
      eventually(async () => Bun.deepMatch(wanted, await briefly(worktree)), { withinMs: 15_000 })

    await press(/^Pause/)
    await page.getByLabel(/Reason/).fill("lunch")
    await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click()
    await observed(page, "pause")
    await state({ status: "blocked", paused: true })
    await page.locator(".need-notice", { hasText: "Paused: lunch" }).waitFor()

    await press(/^Resume/)
    await observed(page, "resume")
    await state({ status: "executing", phase: "executing", paused: false })

    await worktree.write({ status: "reviewing", git_range: "a..b" }, { status: "reviewing" })
    await press(/^Reject/)
    const dialog = page.getByRole("dialog")
    expect(await dialog.getByRole("button", { name: "Reject" }).isDisabled()).toBe(true)
    await dialog.getByRole("textbox").fill("no tests for the empty list")
    await dialog.getByRole("button", { name: "Reject" }).click()
    await observed(page, "reject")
    await state({ phase: "planning" })

    await worktree.write({ status: "blocked", blocked_reason: "no disk" }, { status: "blocked" })
    await page.locator(".need-notice", { hasText: "Phase 1 is blocked: no disk" }).waitFor()
    await press(/^Retry phase 1/)
    await observed(page, "retry")
    await eventually(async () => (await briefly(worktree)).phase !== "blocked")

    await worktree.write({ status: "reviewing", git_range: "a..b" }, { status: "reviewing" })
    await press(/^Approve phase 1/)
    await observed(page, "approve")
    await state({ phase: "complete" })
    expect(problems).toEqual([])
  },
  limit,
)
