/** What does not depend on how many documents there are: the cost of a write, and the time to the first answer. */
import { $ } from "bun"
import { join } from "node:path"
import { tmpHome } from "../../test/support/tmp-home.ts"
import type { Bench, BenchContext } from "../bench.ts"
import { percentile } from "../bench.ts"
import { fill } from "./fill.ts"
import { scatterMarks } from "./mutations.ts"
import { measureRate } from "./rate.ts"
import { firstLine, serve } from "./served.ts"

const few = 1000

/** Both rates on one deployment, the smaller table first. */
function writeCost(name: string, count: number): Bench {
  const shown = count.toLocaleString("en")
  return {
    name,
    unit: "of the rate beside 1,000",
    summary: `Rate of mutations, 500 in flight, beside ${shown} documents in relation to 1,000`,
    async run({ signal }: BenchContext) {
      await using served = await serve()
      const add = scatterMarks(served)
      await fill(served, { from: 0, count: few }, signal)
      const before = await measureRate(add, { inFlight: 500, signal })
      await fill(served, { from: few, count }, signal)
      const after = await measureRate(add, { inFlight: 500, signal })
      return { value: after / before, n: 5 }
    },
  }
}

const million = 1_000_000
const starts = 20

/** From the start of the process to the line that says where it listens. */
const startTime: Bench = {
  name: "local.start_1m_ms",
  unit: "ms",
  summary: "Start of a compiled process to serving a file with 1,000,000 documents",
  async run({ signal }) {
    await using home = await tmpHome()
    const script = join(import.meta.dir, "serve.ts")
    const program = join(home.path, "serve")
    const flags = ["--compile", "--production", "--bytecode", "--format=esm"]
    await $`${process.execPath} build ${flags} ${script} --outfile=${program}`.quiet()
    await using served = await serve({ command: [program] })
    await fill(served, { from: 0, count: million }, signal)
    await served.stop()
    const path = join(served.directory, "deployment.db")
    const samples: number[] = []
    for (let start = 0; start <= starts; start++) {
      signal.throwIfAborted()
      const startedAt = performance.now()
      const child = Bun.spawn([program, path], { stdio: ["ignore", "pipe", "inherit"] })
      await firstLine(child.stdout)
      samples.push(performance.now() - startedAt)
      child.kill("SIGTERM")
      await child.exited
    }
    return { value: percentile(samples.slice(1), 0.5), n: starts }
  },
}

export const localTableSize: readonly Bench[] = [
  writeCost("local.write_100k", 100_000),
  writeCost("local.write_1m", million),
  startTime,
]
