import { expect, test } from "bun:test"
import { connectDaemon } from "../../support/daemon-process.ts"
import { eventually } from "../../support/eventually.ts"
import { startSourceDaemon } from "../../support/source-daemon.ts"
import { tmpHome } from "../../support/tmp-home.ts"

test("in a whole daemon, a rule whose agents fail at once does not go on for ever", async () => {
  await using home = await tmpHome()
  const settings = `convex_url = "local"
[local]
port = 0
[agents]
command = "no-such-claude"
[[rules]]
id = "again"
trigger = { type = "task.failed" }
action = { type = "agent", prompt = "again after {{payload.taskId}}" }
`
  await using _daemon = startSourceDaemon(home, { settings })
  await using control = await connectDaemon(home)
  await control.call("task.submit", { prompt: "first" })
  await eventually(async () => {
    const { recentExecutions } = await control.call("automation.status")
    return recentExecutions.some(({ status }) => status === "skipped_depth")
  })
  const { total, failed } = await control.call("task.stats")
  expect({ total, failed }).toEqual({ total: 4, failed: 4 })
  const tasks = await control.call("task.list")
  expect(tasks.map(({ metadata }) => metadata["depth"])).toEqual([3, 2, 1, undefined])
}, 30_000)
