/** The checks of the deployment, against the real functions on a deployment of this machine. */
import { afterAll, beforeAll, expect, test } from "bun:test"
import { makeFunctionReference } from "convex/server"
import { createSystemClock, type Clock } from "../../../../src/base/clock.ts"
import { Secret } from "../../../../src/base/redact.ts"
import { modules, schema } from "../../../../src/local/modules.ts"
import { deploymentChecks, localDeploymentCheck } from "../../../../src/system/checks/deployment.ts"
import type { DaemonAnswer } from "../../../../src/system/checks/instance.ts"
import { examine } from "../../../../src/system/doctor.ts"
import { openTestDeployment, type TestDeployment } from "../../../support/local-deployment.ts"

const { signal } = new AbortController()
const tokens = { node: "node-token-of-the-test", viewer: "viewer-token-of-the-test" }
let deployment: TestDeployment

beforeAll(async () => {
  deployment = await openTestDeployment({ modules, schema })
  for (const [role, token] of Object.entries(tokens)) {
    await fetch(`${deployment.url}/api/mutation`, {
      method: "POST",
      headers: { authorization: `Convex ${deployment.adminKey}` },
      body: JSON.stringify({ path: "tokens:issue", args: { role, token, label: role } }),
    })
  }
})
afterAll(() => deployment[Symbol.asyncDispose]())

interface Given {
  readonly url?: string
  readonly token?: string
  readonly pageToken?: string
  readonly clock?: Clock
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>
}

async function look(given: Given = {}) {
  const checks = deploymentChecks({
    url: given.url ?? deployment.url,
    token: new Secret(given.token ?? tokens.node),
    pageToken: given.pageToken === undefined ? undefined : new Secret(given.pageToken),
    fetch: given.fetch ?? ((url, init) => fetch(url, init)),
    clock: given.clock ?? createSystemClock(),
  })
  const reports = await examine(checks, { signal, fix: false })
  return Object.fromEntries(reports.map(({ name, ...finding }) => [name, finding]))
}

test("all is well with a deployment that has the functions and knows the token, and nothing is written", async () => {
  const reports = await look()
  expect(Object.values(reports).map(({ status }) => status)).toEqual(
    Array.from({ length: 5 }, () => "ok"),
  )
  const listNodes = makeFunctionReference<"query">("nodes:listNodes")
  const nodes: unknown = await deployment.http().query(listNodes, { token: tokens.node })
  expect(nodes).toEqual([])
})

test("a token of another role, and one that nobody issued, are told apart", async () => {
  expect((await look({ token: tokens.viewer }))["token"]).toMatchObject({
    status: "fail",
    message: expect.stringContaining("role node"),
  })
  expect((await look({ token: "no such token at all" }))["token"]).toMatchObject({
    status: "fail",
    message: expect.stringContaining("unknown or revoked"),
    fix: expect.stringContaining("tokens:issue"),
  })
})

test("the page's token has to be a person's, and it is said what the page can do", async () => {
  const found = async (pageToken?: string) =>
    (await look(pageToken === undefined ? {} : { pageToken }))["page token"]
  expect((await found())?.message).toContain("can only look")
  expect(await found(tokens.viewer)).toMatchObject({
    status: "ok",
    message: expect.stringContaining("can only look"),
  })
  const fix = expect.stringContaining("operator")
  expect(await found(tokens.node)).toMatchObject({ status: "fail", fix })
  expect(await found("no such token at all")).toMatchObject({ status: "fail", fix })
})

test("a deployment with other functions lacks ours", async () => {
  await using other = await openTestDeployment()
  expect((await look({ url: other.url }))["functions"]).toMatchObject({
    status: "fail",
    message: expect.stringContaining("ingest:applyBatch"),
    fix: "npx convex deploy",
  })
})

test("a deployment that is not reached is one failure, not five", async () => {
  const reports = await look({ url: "http://127.0.0.1:1" })
  expect(Object.values(reports).map(({ status }) => status)).toEqual([
    "fail",
    "warn",
    "warn",
    "warn",
    "warn",
  ])
  expect(reports["deployment"]?.message).toContain("http://127.0.0.1:1")
})

test("what answers may be no Convex at all", async () => {
  using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("<html>") })
  const reports = await look({ url: server.url.origin })
  expect(reports["token"]).toMatchObject({
    status: "warn",
    message: expect.stringContaining("not Convex's"),
  })
})

test.each([
  [0, "ok"],
  [30_000, "warn"],
  [-600_000, "fail"],
] as const)("a clock that is %d ms off is %s", async (offMs, status) => {
  const clock = createSystemClock()
  const shifted = { ...clock, now: () => clock.now() + offMs }
  const dated = async (url: string, init: RequestInit) => {
    const response = await fetch(url, init)
    const headers = { date: new Date().toUTCString() }
    return new Response(response.body, { status: response.status, headers })
  }
  expect((await look({ clock: shifted, fetch: dated }))["clock"]).toMatchObject({ status })
})

test("the token is in no finding", async () => {
  for (const token of [tokens.node, tokens.viewer, "no such token at all"]) {
    expect(JSON.stringify(await look({ token }))).not.toContain(token)
  }
})

test("a local deployment is asked where the daemon says that it is", async () => {
  const lookAt = async (answer: DaemonAnswer) => {
    const check = localDeploymentCheck(
      async () => answer,
      (url, init) => fetch(url, init),
    )
    const [report] = await examine([check], { signal, fix: false })
    return report
  }
  const running = (deploymentUrl: string): DaemonAnswer => {
    const daemon = {
      pid: 1,
      version: "1",
      health: "healthy",
      problems: 0,
      unlinked: 0,
      agents: { running: 1, queued: 2, maxConcurrency: 3 },
    } as const
    return { status: "answers", daemon: { ...daemon, deploymentUrl } }
  }
  expect(await lookAt(running(deployment.url))).toMatchObject({ status: "ok" })
  expect(await lookAt(running("http://127.0.0.1:1"))).toMatchObject({ status: "fail" })
  expect(await lookAt({ status: "absent" })).toMatchObject({ status: "ok" })
})
