/** Documents in the deployment, as many as a bench is to be measured beside. */
import { api } from "./functions.ts"
import type { Served } from "./served.ts"

const atOnce = 10_000
/** Beside every place that is watched or written in benches. */
const firstPlace = 10_000_000

/** Adds documents until there are `count`, of which `from` are there. */
export async function fill(
  served: Pick<Served, "http">,
  { from, count }: { readonly from: number; readonly count: number },
  signal: AbortSignal,
): Promise<void> {
  const client = served.http()
  for (let done = from; done < count; done += atOnce) {
    signal.throwIfAborted()
    const next = Math.min(atOnce, count - done)
    await client.mutation(api.fill, { from: firstPlace + done, count: next })
  }
}
