import { expect, test } from "bun:test"
import { openVitals } from "../../../src/system/vitals.ts"
import { eventually } from "../../support/eventually.ts"

function keepBusy(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

test("openVitals() sees memory, work, and a loop that was held up; each reading starts anew", async () => {
  using vitals = openVitals(1)
  const busy = await eventually(() => {
    keepBusy(300)
    const reading = vitals.read()
    return reading.eventLoopDelayMs > 200 ? reading : undefined
  })
  expect(busy.rssBytes).toBeGreaterThan(10e6)
  expect(busy.rssBytes).toBeLessThan(2e9)
  const share = () => {
    vitals.read()
    keepBusy(100)
    return vitals.read().cpuShare
  }
  expect(share()).toBeGreaterThan(0.3)
  await eventually(() => vitals.read().eventLoopDelayMs < 50)
})
