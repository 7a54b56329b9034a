/** The deployment on its own thread: start, port, restart, end. */
import { expect, test } from "bun:test"
import { stat } from "node:fs/promises"
import { join } from "node:path"
import { ConvexHttpClient } from "convex/browser"
import {
  type DeploymentNotice,
  type LocalDeploymentOptions,
  openLocalDeployment,
} from "../../../src/local/deployment.ts"
import type { FunctionLog } from "../../../src/local/engine/function-log.ts"
import { api } from "../../support/convex-functions/api.js"
import { eventually } from "../../support/eventually.ts"
import { openClient } from "../../support/local-deployment.ts"
import { type TmpHome, tmpHome } from "../../support/tmp-home.ts"

const script = new URL("../../support/convex-functions/worker.ts", import.meta.url).href

function open(home: TmpHome, options: Partial<LocalDeploymentOptions> = {}) {
  const path = join(home.stateDir, "deployment.db")
  return openLocalDeployment({ path, port: 0, script, ...options })
}

function http(url: string): ConvexHttpClient {
  return new ConvexHttpClient(url, { skipConvexDeploymentUrlCheck: true, logger: false })
}

test("openLocalDeployment() serves clients from its own thread and keeps data over a restart", async () => {
  await using home = await tmpHome()
  {
    await using deployment = await open(home)
    await http(deployment.url).mutation(api.counters.add, { name: "a", amount: 2 })
  }
  await using deployment = await open(home)
  expect(await http(deployment.url).query(api.counters.read, { name: "a" })).toBe(2)
})

test("the file is readable by its owner alone", async () => {
  await using home = await tmpHome()
  await using _deployment = await open(home)
  const { mode } = await stat(join(home.stateDir, "deployment.db"))
  expect(mode & 0o777).toBe(0o600)
})

test("a taken port is passed over for the next free one", async () => {
  await using home = await tmpHome()
  await using other = await tmpHome()
  await using first = await open(home)
  await using second = await open(other, { port: first.port })
  expect(second.port).toBeGreaterThan(first.port)
})

test("a file that another deployment has open is said to be", async () => {
  await using home = await tmpHome()
  await using _first = await open(home)
  const second = await open(home, { port: 3210 }).catch(String)
  expect(second).toContain("another deployment has it open")
})

test("the owner hears what functions log and why they fail, and of no others", async () => {
  await using home = await tmpHome()
  const logged: FunctionLog[] = []
  await using deployment = await open(home, { onLog: (log) => logged.push(log) })
  const client = http(deployment.url)
  await client.mutation(api.counters.add, { name: "a", amount: 1 })
  await client.mutation(api.trouble.logs, {})
  await client.mutation(api.messages.sendThenFail, { channel: "a" }).catch(() => undefined)
  await eventually(() => logged.length === 2)
  expect(logged).toMatchObject([
    { path: "trouble:logs", lines: ["[LOG] 'hello' { answer: 42 }", "[WARN] 'careful'"] },
    { path: "messages:sendThenFail", lines: [], failure: expect.stringContaining("refused") },
  ])
})

test("a function that never ends is ended with its thread, and clients go on by themselves", async () => {
  await using home = await tmpHome()
  const notices: DeploymentNotice[] = []
  await using deployment = await open(home, {
    stuckAfterMs: 200,
    onNotice: (notice) => notices.push(notice),
  })
  const client = openClient(deployment.url)
  await using _client = { [Symbol.asyncDispose]: () => client.close() }
  await client.mutation(api.counters.add, { name: "a", amount: 1 })
  const updates: number[] = []
  client.onUpdate(api.counters.read, { name: "a" }, (value) => updates.push(value))
  await eventually(() => updates.at(-1) === 1)

  const looping = http(deployment.url).mutation(api.trouble.loop, {})
  looping.catch(() => undefined)
  await eventually(() => notices.some((notice) => notice.type === "restarted"))
  await client.mutation(api.counters.add, { name: "a", amount: 1 })
  await eventually(() => updates.at(-1) === 2)
  expect(await http(deployment.url).query(api.counters.read, { name: "loop" })).toBe(0)
})

test("a watching client that sends the endless call again is refused instead of ending the thread again", async () => {
  await using home = await tmpHome()
  const notices: DeploymentNotice[] = []
  await using deployment = await open(home, {
    stuckAfterMs: 200,
    onNotice: (notice) => notices.push(notice),
  })
  const client = openClient(deployment.url)
  await using _client = { [Symbol.asyncDispose]: () => client.close() }
  await client.query(api.counters.read, { name: "a" })
  const refused = await client.mutation(api.trouble.loop, {}).catch(String)
  expect(refused).toContain("Function execution timed out")
  expect(await client.mutation(api.counters.add, { name: "a", amount: 1 })).toBe(1)
  expect(notices.map(({ type }) => type)).toEqual(["restarted"])
})
