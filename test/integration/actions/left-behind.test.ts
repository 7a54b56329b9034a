/** What a dead process left in its store, and what the next one makes of it. */
import { expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createActionQueues, type InboundAction } from "../../../src/actions/inbox.ts"
import { listActions } from "../../../src/actions/list.ts"
import { createRemoteActions } from "../../../src/cloud/actions.ts"
import { openCloud } from "../../../src/cloud/client.ts"
import { api } from "../../../src/convex/_generated/api.js"
import { openStore } from "../../../src/store/open.ts"
import { type ActionWorld, actionWorld, resultOf } from "../../support/action-world.ts"
import { eventually } from "../../support/eventually.ts"
import { aState } from "../../support/supervisor-state.ts"

/** An action that somebody has claimed and started, as the store of the machine "box" would have it. */
async function begun(world: ActionWorld, type: "retry" | "start_orchestration", leaseMs: number) {
  const { operator, deployment } = world
  const nodeId = await operator.register("box")
  const cwd = world.directory("repository")
  const payload =
    type === "retry"
      ? { feature: "auth", phase: "1" }
      : { feature: "auth", cwd, branch: "b", total_phases: 1, spec_doc: "spec.md" }
  const orchestrationId = await operator.orchestration(nodeId, cwd, "auth")
  const about = type === "retry" ? { orchestrationId } : {}
  const id = await operator.submit({ nodeId, type, ...about }, payload)
  const mine = { token: deployment.tokens.node, actionId: id }
  const claim = { ...mine, claimer: "an earlier run", leaseMs }
  await operator.client.mutation(api.actions.claimAction, claim)
  await operator.client.mutation(api.actions.startAction, { ...mine, fence: 1 })
  const text = JSON.stringify(payload)
  const known = { id, type, payload: text, createdAt: 1, requestedBy: "ada", fence: 1 }
  return { id, nodeId, cwd, action: { ...known, ...about } }
}

async function leave(world: ActionWorld, action: InboundAction, isRunning: boolean): Promise<void> {
  const path = join(world.directory("box"), "store.db")
  await using store = openStore(path, { now: () => 1 })
  const { inbox } = createActionQueues(store)
  inbox.put(action.id, action)
  if (isRunning) inbox.claim(action.id)
}

function writeState(worktree: string, over: object): void {
  const dir = join(worktree, ".claude", "tina")
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, "supervisor-state.json"), JSON.stringify(aState({ ...over })))
}

test("what was running is unknown, with what the state shows", async () => {
  await using world = await actionWorld()
  const { id, action, cwd } = await begun(world, "start_orchestration", 60_000)
  await leave(world, action, true)
  writeState(join(cwd, ".worktrees", "auth"), { status: "reviewing" })
  await using _box = await world.machine("box")
  const receipt = await world.operator.finished(id)
  expect(receipt.status).toBe("unknown")
  expect(resultOf(receipt)).toMatchObject({ error_code: "interrupted", state: "reviewing" })
  expect(world.command.ran()).toEqual([])
})

test("what was running has succeeded if the state has its key", async () => {
  await using world = await actionWorld()
  const { id, action, cwd } = await begun(world, "retry", 60_000)
  await leave(world, action, true)
  writeState(cwd, { answered_keys: [{ key: id, action: { action: "wait" } }] })
  await using _box = await world.machine("box", { worktreeOf: () => cwd })
  expect((await world.operator.finished(id)).status).toBe("completed")
  expect(world.command.ran()).toEqual([])
})

test("what was about to run runs", async () => {
  await using world = await actionWorld()
  const { id, action } = await begun(world, "retry", 60_000)
  await leave(world, action, false)
  await using _box = await world.machine("box")
  expect((await world.operator.finished(id)).status).toBe("completed")
  expect(world.command.ran()).toHaveLength(1)
})

test("what was about to run when its time ran out did not run, and that is known", async () => {
  await using world = await actionWorld()
  const { id, action, nodeId } = await begun(world, "retry", 1_000)
  await leave(world, action, false)
  const { operator, deployment } = world
  await eventually(async () => {
    const args = { token: deployment.tokens.node, nodeId }
    await operator.client.mutation(api.actions.releaseExpired, args)
    return (await operator.receipt(id)).status === "unknown"
  })
  await using _box = await world.machine("box")
  await eventually(async () => (await operator.receipt(id)).status === "failed")
  expect(resultOf(await operator.receipt(id))).toMatchObject({ error_code: "lease_expired" })
  expect(world.command.ran()).toEqual([])
}, 20_000)

test("an action that was seen before the deployment went away is carried out after it is back", async () => {
  await using world = await actionWorld()
  const { operator, deployment, command } = world
  await using box = await world.machine("box")
  const { nodeId } = box
  const orchestrationId = await operator.orchestration(nodeId, "/w/auth", "auth")
  command.hold()
  const asked = { nodeId, orchestrationId, type: "retry" as const }
  const payload = { feature: "auth", phase: "1" }
  const ids = [await operator.submit(asked, payload), await operator.submit(asked, payload)]
  await eventually(() => command.ran().length === 1)
  await eventually(() => box.actions.queues.inbox.stats().ready === 1)
  await deployment.stop()
  command.release()
  const { queues, remote } = box.actions
  const place = { home: "/", worktreeOf: () => undefined, featureIn: () => undefined }
  const list = () => listActions(nodeId, { ...place, queues, remote }, AbortSignal.timeout(5_000))
  await eventually(() => queues.results.stats().ready + queues.results.stats().running === 1)
  await eventually(async () => (await list()).length === 2)
  expect((await list()).map(({ status }) => status).toSorted()).toEqual(["completed", "pending"])
  await deployment.start()
  box.actions.retryNow()
  for (const id of ids) expect((await operator.finished(id, 20_000)).status).toBe("completed")
  expect(command.ran()).toHaveLength(2)
  const after = await list()
  expect(after.map(({ status, steps }) => [status, steps.at(-1)?.step])).toEqual([
    ["completed", "finished"],
    ["completed", "finished"],
  ])
}, 40_000)

test("a deployment that takes a call and does not answer it keeps nobody from the list of what is here", async () => {
  await using world = await actionWorld()
  const { id, nodeId, action } = await begun(world, "retry", 60_000)
  await leave(world, action, false)
  await using silent = serveSilence()
  await using cloud = openCloud(silent.url)
  const { node: token } = world.deployment.tokens
  const remote = createRemoteActions({ cloud, token, claimer: "box", leaseMs: 60_000 })
  await using store = openStore(join(world.directory("box"), "store.db"), { now: () => 1 })
  const place = { home: "/", worktreeOf: () => undefined, featureIn: () => undefined }
  const deps = { ...place, queues: createActionQueues(store), remote }
  const { signal } = new AbortController()
  expect(await listActions(nodeId, deps, signal)).toMatchObject([{ id, status: "pending" }])
}, 15_000)

function serveSilence() {
  const fetch = () => Promise.withResolvers<Response>().promise
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", idleTimeout: 0, fetch })
  const url = `http://127.0.0.1:${server.port}`
  return { url, [Symbol.asyncDispose]: () => server.stop(true) }
}
