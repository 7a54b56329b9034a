/**
 * Durable mutations through official clients in another process than the deployment: one after another and
 * many at once, over the WebSocket and over HTTP, and in relation to what SQLite alone commits on that disk.
 */
import type { Bench, BenchContext, Measurement } from "../bench.ts"
import { api } from "./functions.ts"
import { measureRate, measureRawCommits } from "./rate.ts"
import { type Served, serve } from "./served.ts"
import { watchPlaces } from "./watch.ts"

type Way = (served: Served) => (round: number) => Promise<unknown>

/** Beside every place that is watched: what is measured is finding out that nobody is concerned. */
const firstPlace = 1_000_000
/** In turn, as rows of so many teams come in. */
const usualPlaces = 10
/** So many that hardly two marks of a batch share a page of the index. */
const scatteredPlaces = 1000
const mark = (round: number, places = usualPlaces) => ({
  place: firstPlace + (round % places),
  text: "a mark",
})

/** Short documents through a WebSocket, one for each round. */
export const writeMarks: Way = (served) => {
  const client = served.client()
  return (round) => client.mutation(api.add, mark(round))
}

export const scatterMarks: Way = (served) => {
  const client = served.client()
  return (round) => client.mutation(api.add, mark(round, scatteredPlaces))
}

const http: Way = (served) => {
  const client = served.http()
  return (round) => client.mutation(api.add, mark(round), { skipQueue: true })
}

function rateBench(
  name: string,
  summary: string,
  { way, inFlight }: { readonly way: Way; readonly inFlight: number },
): Bench {
  const run = async ({ signal }: BenchContext): Promise<Measurement> => {
    await using served = await serve()
    return { value: await measureRate(way(served), { inFlight, signal }), n: 5 }
  }
  return { name, unit: "mutations/s", summary, run }
}

function ratioBench(name: string, summary: string, inFlight: number): Bench {
  const run = async ({ signal }: BenchContext): Promise<Measurement> => {
    await using served = await serve()
    const raw = await measureRawCommits(served.directory, signal)
    const rate = await measureRate(writeMarks(served), { inFlight, signal })
    return { value: rate / raw, n: 5 }
  }
  return { name, unit: "of raw commits", summary, run }
}

const watched = 10_000

/** Both rates on one deployment, the lower number of watched queries first. */
const withSubscriptions: Bench = {
  name: "local.mutations_500_subscribed",
  unit: "of the rate with 10",
  summary: "Rate of mutations, 500 in flight, beside 10,000 watched queries in relation to 10",
  async run({ signal }) {
    await using served = await serve()
    const add = writeMarks(served)
    await watchPlaces(served, { from: 0, count: 10 })
    const few = await measureRate(add, { inFlight: 500, signal })
    await watchPlaces(served, { from: 10, count: watched - 10 })
    const many = await measureRate(add, { inFlight: 500, signal })
    return { value: many / few, n: 5 }
  },
}

export const localMutations: readonly Bench[] = [
  rateBench("local.mutations_serial_per_s", "Durable mutations, one after another", {
    way: writeMarks,
    inFlight: 1,
  }),
  ratioBench(
    "local.mutations_serial_ratio",
    "The same in relation to commits of one row by SQLite alone",
    1,
  ),
  rateBench("local.mutations_500_per_s", "Durable mutations, 500 in flight", {
    way: writeMarks,
    inFlight: 500,
  }),
  ratioBench(
    "local.mutations_500_ratio",
    "The same in relation to commits of one row by SQLite alone",
    500,
  ),
  rateBench(
    "local.mutations_500_scattered_per_s",
    "Durable mutations, 500 in flight, each into another of 1,000 places of an index",
    { way: scatterMarks, inFlight: 500 },
  ),
  rateBench("local.http_serial_per_s", "Durable mutations over HTTP, one after another", {
    way: http,
    inFlight: 1,
  }),
  rateBench("local.http_16_per_s", "Durable mutations over HTTP, 16 in flight", {
    way: http,
    inFlight: 16,
  }),
  withSubscriptions,
]
