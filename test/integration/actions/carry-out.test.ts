import { expect, test } from "bun:test"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { openActionMachine, type MachineOptions } from "../../support/action-machine.ts"
import { createOperator } from "../../support/operator.ts"
import { openOwnDeployment } from "../../support/own-deployment.ts"
import { standInCommand } from "../../support/stand-in-command.ts"
import { tmpHome } from "../../support/tmp-home.ts"

/** A deployment, an operator, and one machine or several of the same name. */
async function setUp() {
  await using opened = new AsyncDisposableStack()
  const home = opened.use(await tmpHome())
  const deployment = opened.use(await openOwnDeployment(home))
  const command = standInCommand(home.path)
  const operator = createOperator(deployment.url, deployment.tokens)
  const machine = (name: string, over: MachineOptions["over"] = {}) => {
    const dir = join(home.path, name)
    mkdirSync(dir, { recursive: true })
    const { url, tokens } = deployment
    return openActionMachine({ url, token: tokens.node, dir, command: command.path, over })
  }
  const owned = opened.move()
  const dispose = () => owned.disposeAsync()
  return { home, deployment, command, operator, machine, [Symbol.asyncDispose]: dispose }
}

const stepsOf = ({ steps }: { readonly steps: readonly { readonly step: string }[] }) =>
  steps.map(({ step }) => step)
const resultOf = (receipt: { readonly result?: string | undefined }): unknown =>
  JSON.parse(receipt.result ?? "null")

test("an action is carried out, and its receipt has every step", async () => {
  await using world = await setUp()
  await using box = await world.machine("box")
  const { operator, command } = world
  const orchestrationId = await operator.orchestration(box.nodeId, "/w/auth", "auth")
  const asked = { nodeId: box.nodeId, orchestrationId, type: "approve_plan" as const }
  const id = await operator.submit(asked, { feature: "auth", phase: "1" })
  const receipt = await operator.finished(id)
  expect(receipt.status).toBe("completed")
  expect(stepsOf(receipt)).toEqual(["queued", "delivered", "claimed", "started", "finished"])
  expect(resultOf(receipt)).toEqual({ success: true, message: '{"action":"done"}' })
  expect(command.ran()).toEqual([
    `orchestrate advance --feature=auth --phase=1 --event=review_pass --key=${id}`,
  ])
})
