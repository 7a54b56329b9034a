/** The deployment goes away, comes back, or comes back empty: the daemon queues, says so, and loses nothing. */
import { expect, test } from "bun:test"
import { startDaemon } from "../../bench/running-daemon.ts"
import { claudeTree } from "../support/claude-tree.ts"
import { deployedRows } from "../support/deployed-rows.ts"
import { eventually } from "../support/eventually.ts"
import { tasksOnDisk } from "../support/files-on-disk.ts"
import { openOwnDeployment } from "../support/own-deployment.ts"
import { tmpHome } from "../support/tmp-home.ts"

const signal = () => AbortSignal.timeout(60_000)
const withinMs = 45_000

test("what happened during an outage arrives afterwards, every transition in order", async () => {
  await using home = await tmpHome()
  await using deployment = await openOwnDeployment(home)
  const tree = claudeTree(home.claudeDir)
  tree.team("t")
  tree.task("t", "1")
  const { settings } = deployment
  await using daemon = await startDaemon(home, { signal: signal(), settings, args: [] })
  const rows = deployedRows(deployment.url, deployment.tokens.viewer)
  await eventually(async () => (await rows.tasks())["t"]?.length === 1, { withinMs })

  await deployment.stop()
  for (const status of ["in_progress", "completed"]) {
    tree.task("t", "1", { status })
    const seen = async () => (await daemon.control.call("tasks.list")).tasks[0]?.status === status
    await eventually(seen)
  }
  const { deployment: reach, outbox } = await daemon.control.call("daemon.status")
  expect(outbox.ready + outbox.running).toBe(2)
  expect(reach.state).toBe("offline")

  await deployment.start()
  await eventually(async () => (await rows.histories()).get("t/1")?.length === 3, { withinMs })
  expect((await rows.histories()).get("t/1")?.map(({ status }) => status)).toEqual([
    "pending",
    "in_progress",
    "completed",
  ])
}, 120_000)

test("a daemon that starts without its deployment runs, queues, and sends later", async () => {
  await using home = await tmpHome()
  await using deployment = await openOwnDeployment(home)
  await deployment.stop()
  const tree = claudeTree(home.claudeDir)
  tree.team("t")
  tree.task("t", "1")
  const { settings } = deployment
  await using daemon = await startDaemon(home, { signal: signal(), settings, args: [] })
  await eventually(async () => (await daemon.control.call("tasks.list")).tasks.length === 1)
  expect((await daemon.control.call("daemon.status")).health).toBe("degraded")
  await deployment.start()
  const rows = deployedRows(deployment.url, deployment.tokens.viewer)
  await eventually(async () => (await rows.tasks())["t"]?.length === 1, { withinMs })
  expect((await rows.histories()).get("t/1")).toHaveLength(1)
}, 120_000)

test("a deployment that was reset gets everything again", async () => {
  await using home = await tmpHome()
  await using deployment = await openOwnDeployment(home)
  const tree = claudeTree(home.claudeDir)
  for (const dir of ["t", "session-u"]) {
    tree.team(dir)
    tree.task(dir, "1")
    tree.task(dir, "2", { status: "completed" })
  }
  const { settings } = deployment
  await using _daemon = await startDaemon(home, { signal: signal(), settings, args: [] })
  const rows = deployedRows(deployment.url, deployment.tokens.viewer)
  const expected = tasksOnDisk(home.claudeDir)
  const isComplete = async () => Bun.deepEquals(await rows.tasks(), expected)
  await eventually(isComplete, { withinMs })
  await deployment.stop()
  await deployment.start({ forget: true })
  tree.task("t", "1", { status: "in_progress" })
  const after = tasksOnDisk(home.claudeDir)
  await eventually(async () => Bun.deepEquals(await rows.tasks(), after), { withinMs })
}, 120_000)

test("a token that is refused is a problem that says what to do; nothing is given up meanwhile", async () => {
  await using home = await tmpHome()
  await using deployment = await openOwnDeployment(home)
  const tree = claudeTree(home.claudeDir)
  tree.team("t")
  tree.task("t", "1")
  const token = "a-token-that-is-issued-too-late-0123"
  const settings = deployment.settings.replace(deployment.tokens.node, token)
  await using daemon = await startDaemon(home, { signal: signal(), settings, args: [] })
  const problem = await eventually(
    async () => (await daemon.control.call("problems.list")).problems[0],
  )
  expect(problem).toMatchObject({ code: "refused", hint: "tina-daemon doctor" })
  const { outbox } = await daemon.control.call("daemon.status")
  expect(outbox.dead).toBe(0)
  await deployment.accept(token)
  const rows = deployedRows(deployment.url, deployment.tokens.viewer)
  await eventually(async () => (await rows.tasks())["t"]?.length === 1, { withinMs })
  expect((await daemon.control.call("problems.list")).problems).toEqual([])
}, 120_000)
