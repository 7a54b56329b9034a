import { expect, test } from "bun:test"
import { openVitals } from "../../../src/system/vitals.ts"
import { eventually } from "../../support/eventually.ts"

function keepBusy(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

/** What a busy process is given depends on what else the machine has to do: the best of some tries. */
function busyShare(read: () => { readonly cpuShare: number }): number {
  const shares = Array.from({ length: 10 }, () => {
    read()
    keepBusy(50)
    return read().cpuShare
  })
  return Math.max(...shares)
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
  expect(busyShare(vitals.read)).toBeGreaterThan(0.3)
  await eventually(() => vitals.read().eventLoopDelayMs < 50)
})
