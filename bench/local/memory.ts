/** What watched queries cost in memory while nothing happens. Linux only: read from /proc. */
import { sleep } from "../../src/base/async.ts"
import type { Bench } from "../bench.ts"
import { readRssMb } from "../process-cost.ts"
import { serve } from "./served.ts"
import { watchPlaces } from "./watch.ts"

const restMs = 10_000

export const localMemory: Bench = {
  name: "local.idle_10k_mb",
  unit: "MB",
  summary: "Memory of a process that serves 10,000 watched queries on 100 sockets, at rest",
  async run({ signal }) {
    await using served = await serve()
    await watchPlaces(served, { from: 0, count: 10_000, queriesPerClient: 100 })
    await sleep(restMs, signal)
    return { value: readRssMb(served.pid), n: 1 }
  },
}
