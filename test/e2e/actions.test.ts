/**
 * Two phases and a remediation, from the beginning to complete, with the compiled binary, a real git repository, a
 * real tmux and a stand-in claude. Everything that an operator does is an action of an official client.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "bun:test"
import { ConvexClient } from "convex/browser"
import type { FunctionReturnType } from "convex/server"
import { z } from "zod"
import { readAccess, startDaemon } from "../../bench/running-daemon.ts"
import { api } from "../../src/convex/_generated/api.js"
import type { Id } from "../../src/convex/_generated/dataModel"
import { stepsOf } from "../support/action-world.ts"
import { eventually } from "../support/eventually.ts"
import { createOperator } from "../support/operator.ts"
import { makeRepository, tmuxServer, withTools } from "../support/orchestrator-tools.ts"
import { tmpHome } from "../support/tmp-home.ts"

const credentialsSchema = z.object({ node: z.string(), operator: z.string() })

type Detail = FunctionReturnType<typeof api.orchestrations.getOrchestrationDetail>

test("an operator's actions take an orchestration through two phases and a remediation", async () => {
  await using plain = await tmpHome()
  const home = withTools(plain)
  await using _tmux = tmuxServer(home)
  const repository = await makeRepository(home)
  await using daemon = await startDaemon(home, { signal: AbortSignal.timeout(90_000) })
  // A connection that says nothing at first is closed.
  await daemon.control.call("ping")
  const { url } = await readAccess(home)
  const credentials = readFileSync(join(home.stateDir, "credentials.json"), "utf8")
  const tokens = credentialsSchema.parse(JSON.parse(credentials))
  const operator = createOperator(url, tokens)
  const { _id: nodeId } = await eventually(async () => (await operator.nodes())[0])

  const begin = { cwd: repository, branch: "tina/auth", totalPhases: 2, specDoc: "docs/auth.md" }
  const beginning = await operator.submit(
    { nodeId, type: "start_orchestration" },
    { feature: "auth", ...begin },
  )
  expect((await operator.finished(beginning, 30_000)).result).toContain('"success":true')
  const token = tokens.operator
  const orchestrationId = await eventually(
    async () =>
      (await operator.client.query(api.orchestrations.getByFeature, { token, featureName: "auth" }))
        ?._id,
  )
  await using live = follow(url, token, orchestrationId)

  type Step = "approve_plan" | "reject_plan" | "pause" | "resume"
  async function act(type: Step, phase: string, more: object = {}) {
    const id = await operator.submit({ nodeId, orchestrationId, type } as const, {
      feature: "auth",
      phase,
      ...more,
    })
    const receipt = await operator.finished(id)
    expect(`${type}: ${receipt.status} ${receipt.result}`).toStartWith(`${type}: completed`)
    await eventually(async () => stepsOf(await operator.receipt(id)).includes("observed"), {
      what: `the effect of ${type}`,
    })
  }

  await live.review("1")
  await act("reject_plan", "1", { feedback: "the tests are missing, as always" })
  await live.review("1")
  await act("reject_plan", "1", { issues: ["still missing"] })
  await live.review("1")
  await act("reject_plan", "1", { issues: "one thing, another" })
  await live.review("1.5")
  expect(live.phases()).toMatchObject({ "1": "complete", "1.5": "reviewing" })
  await act("approve_plan", "1.5")
  await live.review("2")
  await act("pause", "2", { reason: "lunch" })
  await eventually(() => live.detail()?.status === "blocked")
  await act("resume", "2")
  await eventually(() => live.phases()["2"] === "reviewing")
  await act("approve_plan", "2")
  await eventually(() => live.detail()?.status === "complete", { withinMs: 20_000 })
  expect(live.phases()).toEqual({ "1": "complete", "1.5": "complete", "2": "complete" })

  const receipts = await operator.client.query(api.actions.actionReceipts, { token, nodeId })
  expect(receipts.map(({ type }) => type).toReversed()).toEqual([
    "start_orchestration",
    "reject_plan",
    "reject_plan",
    "reject_plan",
    "approve_plan",
    "pause",
    "resume",
    "approve_plan",
  ])
  const all = ["queued", "delivered", "claimed", "started", "finished", "observed"]
  for (const receipt of receipts) expect(stepsOf(receipt)).toEqual(all)
  const { actions } = await daemon.control.call("actions.list")
  expect(actions.map(({ id, feature }) => [id, feature])).toEqual(
    receipts.map(({ actionId, type }) => [
      actionId,
      type === "start_orchestration" ? undefined : "auth",
    ]),
  )
}, 120_000)

/** The queries that a dashboard watches, with what they have shown so far. */
function follow(url: string, token: string, orchestrationId: Id<"orchestrations">) {
  const client = new ConvexClient(url, { skipConvexDeploymentUrlCheck: true, logger: false })
  let latest: Detail = null
  const reviewed = new Set<string>()
  const args = { token, orchestrationId }
  client.onUpdate(api.orchestrations.getOrchestrationDetail, args, (detail) => {
    latest = detail
  })
  const phase = (number: string) => latest?.phases.find((each) => each.phaseNumber === number)
  return {
    detail: () => latest,
    phases: () =>
      Object.fromEntries(
        (latest?.phases ?? []).map(({ phaseNumber, status }) => [phaseNumber, status]),
      ),
    /** The phase is in a review that was not seen before: that of other commits. */
    async review(number: string): Promise<void> {
      const isNew = () => {
        const { status, gitRange = "" } = phase(number) ?? {}
        return status === "reviewing" && !reviewed.has(gitRange)
      }
      await eventually(isNew, { what: `a review of phase ${number}`, withinMs: 20_000 })
      reviewed.add(phase(number)?.gitRange ?? "")
    },
    [Symbol.asyncDispose]: () => client.close(),
  }
}
