import { expect, test } from "bun:test"
import { z } from "zod"
import type { InboundAction } from "../../../src/actions/inbox.ts"
import { createLanes } from "../../../src/actions/lanes.ts"
import { createSystemClock } from "../../../src/base/clock.ts"
import { TinaError } from "../../../src/base/errors.ts"
import type { ActionId } from "../../../src/cloud/actions.ts"
import { failureOf } from "../../support/failure.ts"
import { eventually } from "../../support/eventually.ts"
import { createMemoryLog } from "../../support/memory-log.ts"

const actionId = z.custom<ActionId>((value) => typeof value === "string")

function anAction(orchestrationId: string, createdAt: number): InboundAction {
  const id = actionId.parse(`${orchestrationId}${createdAt}`)
  return { id, orchestrationId, createdAt, type: "retry", payload: "{}", requestedBy: "ada" }
}

/** Lanes over a list of actions; each is gone from it when it was carried out. */
function setUp(actions: InboundAction[], carryOut: (action: InboundAction) => Promise<void>) {
  const stop = new AbortController()
  const lanes = createLanes({
    inbox: { waiting: () => actions.map((payload, id) => toJob(payload, id)) },
    clock: createSystemClock(),
    log: createMemoryLog().log,
    random: () => 0,
    recover: () => {},
    async carryOut(action) {
      await carryOut(action)
      actions.splice(actions.indexOf(action), 1)
    },
  })
  const ended = lanes.service.run({ signal: stop.signal, ready: () => {} })
  return { lanes, stop, ended }
}

function toJob(payload: InboundAction, id: number) {
  return { id, key: payload.id, payload, attempts: 0, createdAt: 0 }
}

test("the oldest of an orchestration comes first, in whatever order they arrived", async () => {
  const seen: string[] = []
  const { stop, ended } = setUp(
    [anAction("a", 3), anAction("a", 1), anAction("a", 2)],
    async (a) => {
      seen.push(a.id)
    },
  )
  await eventually(() => seen.length === 3)
  expect(seen).toEqual(["a1", "a2", "a3"])
  stop.abort()
  await failureOf(ended)
})

test("what cannot be done yet holds up its own orchestration only, and nothing overtakes it", async () => {
  const seen: string[] = []
  let isOffline = true
  const actions = [anAction("a", 1), anAction("a", 2), anAction("b", 1)]
  const { stop, ended } = setUp(actions, async (a) => {
    if (a.orchestrationId === "a" && isOffline) throw new TinaError("offline", "cannot reach it")
    seen.push(a.id)
  })
  await eventually(() => seen.length === 1)
  expect(seen).toEqual(["b1"])
  isOffline = false
  await eventually(() => seen.length === 3)
  expect(seen).toEqual(["b1", "a1", "a2"])
  stop.abort()
  await failureOf(ended)
})

test("however many cannot be done, others are not held up by them", async () => {
  const seen: string[] = []
  const actions = Array.from({ length: 12 }, (_, n) => anAction(`o${n}`, 1))
  const { stop, ended } = setUp(actions, async ({ id }) => {
    if (id !== "o111") throw new TinaError("internal", "cannot claim it")
    seen.push(id)
  })
  await eventually(() => seen.length === 1)
  stop.abort()
  await failureOf(ended)
})

test("no more than eight run at a time, and a defect ends the service after what runs", async () => {
  let running = 0
  let most = 0
  const gate = Promise.withResolvers<void>()
  const actions = Array.from({ length: 12 }, (_, n) => anAction(`o${n}`, 1))
  const { ended } = setUp(actions, async ({ id }) => {
    most = Math.max(most, ++running)
    await gate.promise
    running--
    if (id === "o01") throw new RangeError("a defect")
  })
  await eventually(() => running === 8)
  gate.resolve()
  expect(await failureOf(ended)).toBeInstanceOf(RangeError)
  expect(most).toBe(8)
})
