import { expect, test } from "bun:test"
import { createLog } from "../../../src/base/log.ts"
import { Secret } from "../../../src/base/redact.ts"
import { openCloud } from "../../../src/cloud/client.ts"
import { nodeReportService, type ProblemToReport } from "../../../src/cloud/node-report.ts"
import { api } from "../../../src/convex/_generated/api.js"
import { createWake } from "../../../src/core/wake.ts"
import { eventually } from "../../support/eventually.ts"
import { createManualClock } from "../../support/manual-clock.ts"
import { openOwnDeployment } from "../../support/own-deployment.ts"
import { tmpHome } from "../../support/tmp-home.ts"
import { tmpStore } from "../../support/tmp-store.ts"

function problem(source: string): ProblemToReport {
  return { source, code: "malformed", message: `cannot read ${source}`, since: "2026-11-29" }
}

test("what is wrong is told when it changes, within bounds, without secrets, and after an outage", async () => {
  await using home = await tmpHome()
  await using tmp = await tmpStore()
  await using deployment = await openOwnDeployment(home)
  const { url, tokens } = deployment
  await using cloud = openCloud(url)
  const stop = new AbortController()
  const call = { signal: stop.signal }
  const token = tokens.node
  const registration = { token, name: "box", os: "linux" }
  const nodeId = await cloud.mutation(api.nodes.registerNode, registration, call)
  const log = createLog("error", { sinks: [], now: () => 0 })
  log.hide(new Secret(tokens.node))
  const clock = createManualClock()
  const wake = createWake(clock)
  let found = [
    problem(`/a/${tokens.node}`),
    ...Array.from({ length: 30 }, (_, i) => problem(`/${i}`)),
  ]
  const running = nodeReportService({
    cloud,
    token,
    node: { registered: () => Promise.resolve(nodeId), lost: () => undefined },
    kv: tmp.reopen().kv,
    clock,
    log,
    wake,
    problems: () => found,
    unlinked: () => [{ dir: "d", reason: "r".repeat(5000) }],
    redact: log.redact,
  }).run({ signal: stop.signal, ready: () => undefined })
  const report = async () =>
    (await cloud.query(api.nodes.listReports, { token: tokens.viewer }, call))[0]

  const first = await eventually(report)
  expect(first?.problemCount).toBe(31)
  expect(first?.problems).toHaveLength(20)
  expect(first?.problems[0]?.source).toBe("/a/<redacted>")
  expect(first?.unlinked[0]?.reason).toHaveLength(500)

  wake.poke()
  found = [problem("/last")]
  await deployment.stop()
  wake.poke()
  await deployment.start()
  const last = await eventually(
    async () => {
      await clock.advance(1_000)
      const now = await report()
      return now?.problemCount === 1 ? now : undefined
    },
    { withinMs: 15_000 },
  )
  expect(last.problems).toMatchObject([{ source: "/last" }])
  for (let second = 0; second < 60; second++) await clock.advance(1_000)
  expect((await report())?.reportedAt).toBe(last.reportedAt)
  stop.abort()
  await running.catch(() => undefined)
}, 30_000)
