/** Each form of the page, from what is filled in to its effect on the disk, through the compiled binary. */
import { expect } from "bun:test"
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { Locator, Page } from "playwright-core"
import { startDaemon } from "../../bench/running-daemon.ts"
import { browserTest, openBrowser } from "../support/browser.ts"
import { claudeTree } from "../support/claude-tree.ts"
import { eventually } from "../support/eventually.ts"
import { makeRepository, tmuxServer, tmuxSocket, withTools } from "../support/orchestrator-tools.ts"
import { type TmpHome, tmpHome } from "../support/tmp-home.ts"
import { openWorktreeState } from "../support/worktree-state.ts"

const limit = 120_000
const dir = "auth-phase-1"

interface Filling {
  readonly fill: (dialog: Locator) => Promise<void>
  readonly verb: string
  /** What the receipt calls it. */
  readonly action: string
  readonly last?: string
}

/** Opens the form, fills it in, sends it, and waits until the receipt below it says the last step. */
async function send(
  pane: Locator,
  name: string,
  { fill, verb, action, last = "observed" }: Filling,
): Promise<void> {
  await pane.getByRole("button", { name, exact: true }).click()
  const dialog = pane.page().getByRole("dialog")
  await fill(dialog)
  await dialog.getByRole("button", { name: verb, exact: true }).click()
  const receipt = pane.locator(".detail-actions .receipt", { hasText: action })
  await receipt.locator(".is-done", { hasText: last }).waitFor({ timeout: 20_000 })
}

function startTmux({ env, path }: TmpHome, session: string): void {
  const argv = ["tmux", "-L", tmuxSocket, "new-session", "-d", "-s", session, "cat"]
  expect(Bun.spawnSync(argv, { env, cwd: path }).exitCode).toBe(0)
}

function hasTmux({ env }: TmpHome, session: string): boolean {
  const argv = ["tmux", "-L", tmuxSocket, "has-session", "-t", session]
  return Bun.spawnSync(argv, { env, stderr: "ignore" }).exitCode === 0
}

const about = (page: Page) => page.getByRole("complementary", { name: "Properties" })

browserTest(
  "policies, models, tasks, messages and the end of a terminal reach the disk, and their receipts say so",
  async () => {
    await using plain = await tmpHome()
    const home = withTools(plain)
    await using _tmux = tmuxServer(home)
    const worktree = await openWorktreeState(home)
    await worktree.write({ status: "executing" }, { status: "executing" })
    const tree = claudeTree(home.claudeDir)
    tree.team(dir)
    tree.sidecar(dir, {
      orchestration_id: "x",
      feature: "auth",
      phase_number: "1",
      worktree_path: worktree.path,
    })
    tree.task(dir, "1", { subject: "first of all", metadata: { task_number: 3, model: "opus" } })
    startTmux(home, "tina-auth-phase-1")
    await using daemon = await startDaemon(home, { signal: AbortSignal.timeout(limit) })
    await using browser = await openBrowser()
    const { page, problems } = await browser.open()
    await page.goto((await daemon.control.call("page.link")).url)
    await page.locator(".board-row a", { hasText: "auth" }).click()
    await page.getByRole("treeitem", { name: /first of all/ }).waitFor()

    await send(about(page), "Policies", {
      action: "change policies",
      verb: "Change",
      async fill(dialog) {
        expect(await dialog.getByLabel("Planner").inputValue()).toBe("opus")
        expect(await dialog.getByRole("button", { name: "Change" }).isDisabled()).toBe(true)
        await dialog.getByLabel("Planner").fill("sonnet")
        await dialog.getByLabel("How tests are guarded").selectOption("minimal")
        await dialog.getByLabel("What a detector finds blocks").uncheck()
      },
    })
    expect(await worktree.read()).toMatchObject({
      model_policy: { planner: "sonnet", executor: "opus" },
      review_policy: {
        test_integrity_profile: "minimal",
        hard_block_detectors: false,
        enforcement: "task_and_phase",
      },
    })

    await send(about(page), "Change a model", {
      action: "change a model",
      verb: "Change",
      async fill(dialog) {
        await dialog.getByLabel("Role").selectOption("planner")
        expect(await dialog.getByLabel("Model").inputValue()).toBe("sonnet")
        await dialog.getByLabel("Model").fill("the best")
        await dialog.getByText("the best: not a model").waitFor()
        await dialog.getByLabel("Model").fill("haiku")
      },
    })
    expect((await worktree.read()).model_policy.planner).toBe("haiku")

    await send(about(page), "Add a task", {
      action: "add a task",
      verb: "Add",
      async fill(dialog) {
        await dialog.getByLabel("Subject").fill("and then this")
        await dialog.getByRole("checkbox", { name: "3 first of all" }).check()
      },
    })
    const changes = async () => (await worktree.read()).phases["1"]?.task_changes ?? []
    const inserted = { kind: "insert", after_task: 3, subject: "and then this", depends_on: [3] }
    expect(await changes()).toMatchObject([inserted])

    await page.getByRole("treeitem", { name: /first of all/ }).click()
    const task = page.getByRole("complementary", { name: "Task" })
    await send(task, "Edit this task", {
      action: "change a task's model",
      verb: "Change",
      fill: (dialog) => dialog.getByLabel("Model").fill("haiku"),
    })
    expect((await changes())[1]).toMatchObject({
      kind: "set_model",
      task_number: 3,
      model: "haiku",
    })

    await page.getByRole("treeitem", { name: /^worker/ }).click()
    const member = page.getByRole("complementary", { name: "Member" })
    await send(member, "Send a message", {
      action: "send message",
      verb: "Send",
      last: "finished",
      fill: (dialog) => dialog.getByLabel("Message").fill("please rebase"),
    })
    const inbox = Bun.file(join(home.claudeDir, "teams", dir, "inboxes", "worker.json"))
    expect(await inbox.json()).toMatchObject([{ from: "operator", text: "please rebase" }])

    await page
      .locator(".control-row")
      .getByRole("button", { name: /^End terminal 1/ })
      .click()
    await page.getByRole("dialog").getByText("in the middle of what it does").waitFor()
    expect(hasTmux(home, "tina-auth-phase-1")).toBe(true)
    await page.getByRole("dialog").getByRole("button", { name: "End terminal 1" }).click()
    await eventually(() => !hasTmux(home, "tina-auth-phase-1"), { withinMs: 15_000 })
    await page.locator(".controls .receipt").getByText("end terminal", { exact: true }).waitFor()
    expect(problems).toEqual([])
  },
  limit,
)

browserTest(
  "a planned phase is started by its control, as a terminal with Claude Code in it",
  async () => {
    await using plain = await tmpHome()
    const home = withTools(plain)
    await using _tmux = tmuxServer(home)
    const worktree = await openWorktreeState(home)
    const plan = join(worktree.path, "plan-1.md")
    await Bun.write(plan, "# Plan")
    await worktree.write({ status: "planned", plan_path: plan }, { status: "planning" })
    await using daemon = await startDaemon(home, { signal: AbortSignal.timeout(limit) })
    await using browser = await openBrowser()
    const { page, problems } = await browser.open()
    await page.goto((await daemon.control.call("page.link")).url)
    await page.locator(".board-row a", { hasText: "auth" }).click()
    await page
      .locator(".control-row")
      .getByRole("button", { name: /^Start phase 1/ })
      .click()
    const receipt = page.locator(".controls .receipt", { hasText: "start" })
    await receipt.locator(".is-done", { hasText: "observed" }).waitFor({ timeout: 30_000 })
    expect(hasTmux(home, "tina-auth-phase-1")).toBe(true)
    expect((await worktree.read()).teams).toMatchObject([
      { phase_number: "1", tmux_session_name: "tina-auth-phase-1" },
    ])
    expect(problems).toEqual([])
  },
  limit,
)

browserTest(
  "an orchestration is started from the page, with its policies, and appears there",
  async () => {
    await using plain = await tmpHome()
    const home = withTools(plain)
    await using _tmux = tmuxServer(home)
    const repository = await makeRepository(home)
    await using daemon = await startDaemon(home, { signal: AbortSignal.timeout(limit) })
    await using browser = await openBrowser()
    const { page, problems } = await browser.open()
    await page.goto((await daemon.control.call("page.link")).url)
    await page.getByRole("button", { name: "Sign out" }).waitFor()
    await page.keyboard.press("n")
    const form = page.locator(".start-form")
    await form.getByLabel("Repository").fill(repository)
    await form.getByLabel("Specification").fill("docs/auth.md")
    await form.getByLabel("Feature").fill("auth")
    expect(await form.getByLabel("Branch").inputValue()).toBe("tina/auth")
    await form.getByText("Models", { exact: true }).click()
    await form.getByLabel("Executor").fill("haiku")
    await form.getByRole("button", { name: "Start" }).click()
    const receipt = page.locator(".started .receipt .is-done", { hasText: "observed" })
    await receipt.waitFor({ timeout: 30_000 })
    expect(existsSync(join(repository, ".worktrees", "auth", ".git"))).toBe(true)
    const state = Bun.file(join(repository, ".worktrees/auth/.claude/tina/supervisor-state.json"))
    expect(await state.json()).toMatchObject({
      branch: "tina/auth",
      total_phases: 1,
      model_policy: { executor: "haiku", planner: "opus" },
    })
    expect(hasTmux(home, "tina-auth-orchestration")).toBe(true)

    await page.reload()
    await page.locator(".started").getByRole("link", { name: "auth" }).click()
    await page.getByRole("heading", { name: "auth", level: 1 }).waitFor()
    await page.goBack()
    await page.getByRole("button", { name: "Put away" }).click()
    expect(await page.locator(".started").count()).toBe(0)
    expect(problems).toEqual([])
  },
  limit,
)
