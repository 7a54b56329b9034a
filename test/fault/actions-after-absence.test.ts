/** A node that was away for long: what was asked of it meanwhile is carried out in order when it is back, and once. */
import { expect, test } from "bun:test"
import { startDaemon } from "../../bench/running-daemon.ts"
import { eventually } from "../support/eventually.ts"
import { createOperator } from "../support/operator.ts"
import { openOwnDeployment } from "../support/own-deployment.ts"
import { standInCommand } from "../support/stand-in-command.ts"
import { tmpHome } from "../support/tmp-home.ts"

const count = 1_000

test(`${count} actions that waited for their node run in order, none twice`, async () => {
  await using home = await tmpHome()
  await using deployment = await openOwnDeployment(home)
  const command = standInCommand(home.path)
  const operator = createOperator(deployment.url, deployment.tokens)
  const nodeId = await operator.register("box")
  const orchestrationId = await operator.orchestration(nodeId, home.path, "auth")
  const asked = { nodeId, orchestrationId, type: "approve_plan" as const }
  const ids: string[] = []
  for (let n = 1; n <= count; n++) {
    ids.push(await operator.submit(asked, { feature: "auth", phase: String(n) }))
  }

  const settings = `${deployment.settings}[actions]\ncommand = ["${command.path}"]\n`
  const options = { signal: AbortSignal.timeout(90_000), settings, args: [] }
  // A release has no places at which it can be told to die.
  const env = { ...home.env, TINA_CRASH_AT: "action.started" }
  await using daemon = await startDaemon({ ...home, env }, options)
  // A connection that says nothing at first is closed.
  await daemon.control.call("ping")
  await eventually(() => command.ran().length >= count, { what: "the last", withinMs: 80_000 })
  const isOver = async () => {
    const { inbox } = await daemon.control.call("daemon.status")
    return inbox.ready + inbox.running === 0
  }
  await eventually(isOver, { what: "an empty inbox" })
  expect(command.ran().map((line) => line.split("--key=")[1] ?? "")).toEqual(ids)
}, 120_000)
