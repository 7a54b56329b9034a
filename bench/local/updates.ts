/** From the call of a mutation to the update of another client, while other queries are watched. */
import { untilAborted } from "../../src/base/async.ts"
import type { Bench, BenchContext, Measurement } from "../bench.ts"
import { api } from "./functions.ts"
import { type Served, serve } from "./served.ts"
import { watchPlaces } from "./watch.ts"

const warmUps = 200
/** No other query is about this place. */
const place = -1

export async function timeUpdates(
  served: Served,
  { rounds, signal }: { readonly rounds: number; readonly signal: AbortSignal },
): Promise<number[]> {
  const writer = served.client()
  let awaited: { readonly text: string; readonly arrived: () => void } | undefined
  served.client().onUpdate(api.last, { place }, (text) => {
    if (text === awaited?.text) awaited.arrived()
  })
  const samples: number[] = []
  for (let round = 0; round < warmUps + rounds; round++) {
    const text = `mark ${round}`
    const { promise, resolve } = Promise.withResolvers<void>()
    awaited = { text, arrived: resolve }
    const startedAt = performance.now()
    const written = writer.mutation(api.add, { place, text })
    await untilAborted(promise, signal)
    samples.push(performance.now() - startedAt)
    await written
  }
  return samples.slice(warmUps)
}

function updateBench(name: string, others: number): Bench {
  const run = async ({ signal }: BenchContext): Promise<Measurement> => {
    await using served = await serve()
    await watchPlaces(served, { from: 0, count: others })
    return { samples: await timeUpdates(served, { rounds: 2000, signal }) }
  }
  const count = others.toLocaleString("en")
  const summary = `Mutation to another client's update, with ${count} other queries watched`
  return { name, unit: "ms", summary, run }
}

export const localUpdates: readonly Bench[] = [
  updateBench("local.mutation_to_update_ms", 1_000),
  updateBench("local.mutation_to_update_10k_ms", 10_000),
]
