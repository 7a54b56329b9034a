import { expect, setDefaultTimeout, test } from "bun:test"
import { aState } from "../../support/supervisor-state.ts"
import { aborted } from "../../../src/base/async.ts"
import { listActions } from "../../../src/actions/list.ts"
import { actionWorld, resultOf, stepsOf } from "../../support/action-world.ts"
import { eventually } from "../../support/eventually.ts"

// Each has a deployment and commands of its own, on a machine that may be busy.
setDefaultTimeout(30_000)

const approval = { type: "approve_plan" as const }
const byText = (a = "", b = "") => a.localeCompare(b)
const phase1 = { feature: "auth", phase: "1" }

test("an action is carried out, and its receipt has every step", async () => {
  await using world = await actionWorld()
  await using box = await world.machine("box")
  const { operator, command } = world
  const { nodeId } = box
  const orchestrationId = await operator.orchestration(nodeId, "/w/auth", "auth")
  const id = await operator.submit({ nodeId, orchestrationId, ...approval }, phase1)
  const receipt = await operator.finished(id)
  expect(receipt.status).toBe("completed")
  expect(stepsOf(receipt)).toEqual(["queued", "delivered", "claimed", "started", "finished"])
  expect(resultOf(receipt)).toEqual({ success: true, message: '{"action":"done"}' })
  expect(command.ran()).toEqual([
    `orchestrate advance --feature=auth --phase=1 --event=review_pass --key=${id}`,
  ])
  expect(box.changes).toContain(id)
})

test("a command that fails, is missing or takes too long gives a code for each", async () => {
  await using world = await actionWorld()
  const { operator, command } = world
  const timeLimitMs = 20_000
  const outcome = async (over: object, payload: object) => {
    await using box = await world.machine("box", over)
    const { nodeId } = box
    const orchestrationId = await operator.orchestration(nodeId, "/w/auth", "auth")
    const id = await operator.submit({ nodeId, orchestrationId, ...approval }, payload)
    const receipt = await operator.finished(id)
    expect(receipt.status).toBe("failed")
    return resultOf(receipt)
  }
  expect(await outcome({}, { feature: "failing", phase: "1" })).toMatchObject({
    success: false,
    error_code: "cli_exit_non_zero",
    message: "it does not work",
    exit_code: 3,
  })
  expect(
    await outcome({ settings: () => ({ command: ["/nowhere/tina"], timeLimitMs }) }, phase1),
  ).toMatchObject({
    error_code: "cli_spawn_failed",
    message: "there is no command /nowhere/tina",
  })
  command.hold()
  expect(
    await outcome({ settings: () => ({ command: [command.path], timeLimitMs: 100 }) }, phase1),
  ).toMatchObject({ error_code: "timed_out" })
  command.release()
})

test("actions of one orchestration keep their order, and those of another do not wait for them", async () => {
  await using world = await actionWorld()
  const { operator, command } = world
  const nodeId = await operator.register("box")
  const auth = await operator.orchestration(nodeId, "/w/auth", "auth")
  const search = await operator.orchestration(nodeId, "/w/search", "search")
  command.hold()
  for (const phase of ["1", "2", "3"]) {
    await operator.submit(
      { nodeId, orchestrationId: auth, ...approval },
      { feature: "auth", phase },
    )
  }
  await operator.submit(
    { nodeId, orchestrationId: search, ...approval },
    { feature: "search", phase: "1" },
  )
  await using _box = await world.machine("box")
  const ran = () => command.ran().map((line) => /--feature=\S+ --phase=\S+/.exec(line)?.[0])
  await eventually(() => command.ran().length === 2)
  expect(ran().toSorted(byText)).toEqual(["--feature=auth --phase=1", "--feature=search --phase=1"])
  command.release()
  await eventually(() => command.ran().length === 4)
  expect(ran().filter((line) => line?.includes("auth"))).toEqual([
    "--feature=auth --phase=1",
    "--feature=auth --phase=2",
    "--feature=auth --phase=3",
  ])
})

test("of two daemons that see the same action, one runs it", async () => {
  await using world = await actionWorld()
  const { operator, command } = world
  const nodeId = await operator.register("box")
  const orchestrationId = await operator.orchestration(nodeId, "/w/auth", "auth")
  await using _one = await world.machine("one")
  await using _two = await world.machine("two")
  const ids: Awaited<ReturnType<typeof operator.submit>>[] = []
  for (let n = 1; n <= 12; n++) {
    ids.push(await operator.submit({ nodeId, orchestrationId, ...approval }, phase1))
  }
  for (const id of ids) expect((await operator.finished(id)).status).toBe("completed")
  const keys = command.ran().map((line) => line.split("--key=")[1] ?? "")
  expect(keys.toSorted(byText)).toEqual(ids.toSorted(byText))
}, 30_000)

test("a lease that ends while its command runs starts no second run, and the late result counts", async () => {
  await using world = await actionWorld()
  const { operator, command } = world
  const nodeId = await operator.register("box")
  const orchestrationId = await operator.orchestration(nodeId, "/w/auth", "auth")
  command.hold()
  // No time passes for it, so it renews nothing.
  const clock = { now: () => 0, sleep: (_ms: number, signal: AbortSignal) => aborted(signal) }
  await using box = await world.machine("one", { leaseMs: 200, clock })
  const id = await operator.submit({ nodeId, orchestrationId, ...approval }, phase1)
  await eventually(() => command.ran().length === 1)
  await eventually(async () => {
    await box.actions.remote.releaseExpired(nodeId, AbortSignal.timeout(5_000))
    return (await operator.receipt(id)).status === "unknown"
  })
  await using _other = await world.machine("two")
  command.release()
  await eventually(async () => (await operator.receipt(id)).status === "completed")
  expect(command.ran()).toHaveLength(1)
}, 30_000)

test("a result waits for the deployment to come back", async () => {
  await using world = await actionWorld()
  const { operator, command, deployment } = world
  await using box = await world.machine("box")
  const { nodeId } = box
  const orchestrationId = await operator.orchestration(nodeId, "/w/auth", "auth")
  command.hold()
  const id = await operator.submit({ nodeId, orchestrationId, ...approval }, phase1)
  await eventually(() => command.ran().length === 1)
  await deployment.stop()
  const { queues, remote } = box.actions
  const place = { home: "/", worktreeOf: () => "/w/auth", featureIn: () => "auth" }
  const list = () => listActions(nodeId, { ...place, queues, remote }, AbortSignal.timeout(5_000))
  expect(await list()).toMatchObject([{ id, status: "started" }])
  command.release()
  await eventually(() => {
    const { ready, running } = box.actions.queues.results.stats()
    return ready + running === 1
  })
  const isSeen = async () => (await list())[0]?.status === "completed"
  await eventually(isSeen, { what: "the result that waits" })
  expect(await list()).toMatchObject([
    { id, type: "approve_plan", feature: "auth", message: '{"action":"done"}' },
  ])
  await deployment.start()
  box.actions.retryNow()
  await eventually(async () => (await operator.receipt(id)).status === "completed", {
    withinMs: 20_000,
  })
  expect(command.ran()).toHaveLength(1)
}, 40_000)

test("a command that a stop ended is unknown until the state shows that it took effect", async () => {
  await using world = await actionWorld()
  const { operator, command } = world
  const nodeId = await operator.register("box")
  const orchestrationId = await operator.orchestration(nodeId, "/w/auth", "auth")
  command.hold()
  const first = await world.machine("box")
  const id = await operator.submit({ nodeId, orchestrationId, ...approval }, phase1)
  await eventually(() => command.ran().length === 1)
  await first[Symbol.asyncDispose]()
  command.release()
  let state = aState()
  const place = { worktreeOf: () => "/", promisedState: () => state }
  await using again = await world.machine("box", place)
  const receipt = await operator.finished(id)
  expect(receipt.status).toBe("unknown")
  expect(resultOf(receipt)).toMatchObject({ success: false, error_code: "interrupted" })
  const answered = { key: id, action: { action: "finalize" } }
  state = aState({ answered_keys: [answered] })
  again.actions.look()
  await eventually(async () => stepsOf(await operator.receipt(id)).includes("observed"))
  expect((await operator.receipt(id)).status).toBe("completed")
  expect(command.ran()).toHaveLength(1)
}, 40_000)

test("an effect is observed once the sync has promised a state that shows it", async () => {
  await using world = await actionWorld()
  const { operator } = world
  let state = aState()
  await using box = await world.machine("box", {
    worktreeOf: () => "/",
    promisedState: () => state,
  })
  const { nodeId } = box
  const orchestrationId = await operator.orchestration(nodeId, "/w/auth", "auth")
  const id = await operator.submit({ nodeId, orchestrationId, ...approval }, phase1)
  await operator.finished(id)
  expect(stepsOf(await operator.receipt(id))).not.toContain("observed")
  const answered = { key: id, action: { action: "finalize" } }
  state = aState({ status: "reviewing", answered_keys: [answered] })
  box.actions.look()
  await eventually(async () => stepsOf(await operator.receipt(id)).includes("observed"))
  expect((await operator.receipt(id)).observation).toBe("reviewing")
})

test("an action of a deployment that was reset holds up nothing", async () => {
  await using world = await actionWorld()
  const { operator, command, deployment } = world
  await using box = await world.machine("box")
  const { nodeId } = box
  const orchestrationId = await operator.orchestration(nodeId, "/w/auth", "auth")
  command.hold()
  for (let n = 0; n < 3; n++) {
    await operator.submit({ nodeId, orchestrationId, ...approval }, phase1)
  }
  await eventually(() => command.ran().length === 1)
  await box.stop()
  command.release()
  await deployment.stop()
  await deployment.start({ forget: true })
  // Another one came first, so that the ids of the new deployment are not those of the old.
  await operator.register("other")
  await using again = await world.machine("box")
  const other = await operator.orchestration(again.nodeId, "/w/auth", "auth")
  const id = await operator.submit(
    { nodeId: again.nodeId, orchestrationId: other, ...approval },
    {
      feature: "search",
      phase: "1",
    },
  )
  expect((await operator.finished(id)).status).toBe("completed")
  const { inbox, results } = again.actions.queues
  await eventually(() => inbox.stats().ready + results.stats().ready === 0)
  expect(command.ran()).toHaveLength(2)
}, 30_000)
