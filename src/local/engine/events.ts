/** The way to let everything else on this thread have its turn: what sockets have received, and timers. */
import { setImmediate } from "node:timers"

export function afterEvents(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  setImmediate(resolve)
  return promise
}
