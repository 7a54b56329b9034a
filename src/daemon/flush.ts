/** The last chance of the outbox before a stop: what is not sent by then is sent after the next start. */
import { type Clock, resolvesWithin } from "../base/clock.ts"
import type { Bus } from "../core/bus.ts"
import type { Outbox } from "../sync/outbox.ts"
import type { Reach } from "./reach.ts"

const limitMs = 3000

export async function flushOutbox(
  outbox: Outbox,
  { clock, reach, bus }: { readonly clock: Clock; readonly reach: Reach; readonly bus: Bus },
): Promise<void> {
  const isDone = () => {
    const { ready, running } = outbox.stats()
    return ready + running === 0 || reach.view().state !== "connected"
  }
  if (isDone()) return
  const done = Promise.withResolvers<void>()
  using _sent = bus.subscribe("outbox.changed", () => isDone() && done.resolve())
  using _lost = bus.subscribe("deployment.changed", () => isDone() && done.resolve())
  const { signal } = new AbortController()
  await resolvesWithin(done.promise, { ms: limitMs, clock, signal })
}
