/** Queries of many places that clients watch, each of them another query. */
import { api } from "./functions.ts"
import type { Served } from "./served.ts"

/** Resolves when every one of them has its first result. */
export async function watchPlaces(
  served: Served,
  {
    from,
    count,
    queriesPerClient = 1000,
  }: { readonly from: number; readonly count: number; readonly queriesPerClient?: number },
): Promise<void> {
  const first: Promise<void>[] = []
  for (let done = 0; done < count; done += queriesPerClient) {
    const client = served.client()
    for (let index = done; index < Math.min(count, done + queriesPerClient); index++) {
      const { promise, resolve } = Promise.withResolvers<void>()
      client.onUpdate(api.last, { place: from + index }, () => resolve())
      first.push(promise)
    }
  }
  await Promise.all(first)
}
