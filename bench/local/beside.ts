/** What a client notices of others that make the deployment work. */
import { join } from "node:path"
import type { Bench, BenchContext } from "../bench.ts"
import { fill } from "./fill.ts"
import { writeMarks } from "./mutations.ts"
import { measureRate } from "./rate.ts"
import { type Served, firstLine, serve } from "./served.ts"
import { timeUpdates } from "./updates.ts"

const documents = 30_000
const script = join(import.meta.dir, "burden.ts")

/** Another process that does this to the deployment until it is disposed of. */
async function startBurden(kind: string, { url }: Served): Promise<AsyncDisposable> {
  const child = Bun.spawn([process.execPath, script, kind, url], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  await firstLine(child.stdout)
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill()
      await child.exited
    },
  }
}

function updateBeside(kind: string, summary: string): Bench {
  return {
    name: `local.update_beside_${kind}_ms`,
    unit: "ms",
    summary: `Mutation to another client's update, beside ${summary}`,
    async run({ signal }: BenchContext) {
      await using served = await serve()
      await fill(served, { from: 0, count: documents }, signal)
      await using _burden = await startBurden(kind, served)
      return { samples: await timeUpdates(served, { rounds: 500, signal }) }
    },
  }
}

/** Both rates on one deployment, first without the queries. */
const mutationsBesideSlowQueries: Bench = {
  name: "local.mutations_beside_slow_queries",
  unit: "of the rate without",
  summary: "Rate of mutations, 500 in flight, beside four queries that read 30,000 documents each",
  async run({ signal }) {
    await using served = await serve()
    await fill(served, { from: 0, count: documents }, signal)
    const add = writeMarks(served)
    const alone = await measureRate(add, { inFlight: 500, signal })
    await using _burden = await startBurden("slow_queries", served)
    return { value: (await measureRate(add, { inFlight: 500, signal })) / alone, n: 5 }
  },
}

export const localBeside: readonly Bench[] = [
  updateBeside("slow_queries", "four queries that read 30,000 documents each"),
  updateBeside("large", "a client that reads 105 MB again and again"),
  updateBeside("slow_reader", "a client that watches 105 MB and does not read"),
  updateBeside("reconnects", "500 sockets that come back at once again and again"),
  mutationsBesideSlowQueries,
]
