import { expect, test } from "bun:test"
import { createBus } from "../../../src/core/bus.ts"
import { createMemoryLog } from "../../support/memory-log.ts"

test("publish() delivers at once, to those who asked for that event", () => {
  const bus = createBus(createMemoryLog())
  const seen: unknown[] = []
  bus.subscribe("outbox.changed", (payload) => seen.push(payload.ready))
  bus.subscribe("sync.changed", () => seen.push("wrong"))
  bus.subscribeAll((name) => seen.push(name))
  bus.publish("outbox.changed", { ready: 3 })
  expect(seen).toEqual([3, "outbox.changed"])
})

test("a listener that throws hurts neither the publisher nor the next listener", () => {
  const { log, records } = createMemoryLog()
  const bus = createBus({ log })
  const seen: string[] = []
  bus.subscribe("problems.changed", () => {
    throw new Error("broken")
  })
  bus.subscribe("problems.changed", () => seen.push("second"))
  bus.publish("problems.changed", { count: 1 })
  expect(seen).toEqual(["second"])
  expect(records).toMatchObject([{ level: "error", message: "listener failed" }])
})

test("disposing of a subscription ends that one only", () => {
  const bus = createBus(createMemoryLog())
  let calls = 0
  const count = () => void calls++
  const first = bus.subscribe("outbox.changed", count)
  bus.subscribe("outbox.changed", count)
  first[Symbol.dispose]()
  bus.publish("outbox.changed", { ready: 0 })
  expect(calls).toBe(1)
})
