/**
 * The time as the page shows it: one clock for all components. It ticks every ten seconds and only while
 * somebody looks, because relative times are exact to the minute.
 */
import { createContext, use, useSyncExternalStore } from "react"

const tickMs = 10_000

export interface PageClock {
  readonly subscribe: (onTick: () => void) => () => void
  readonly now: () => number
}

export function createPageClock(): PageClock {
  const listeners = new Set<() => void>()
  let now = Date.now()
  let timer: ReturnType<typeof setInterval> | undefined
  const tick = () => {
    now = Date.now()
    for (const listener of listeners) listener()
  }
  return {
    now: () => now,
    subscribe(onTick) {
      listeners.add(onTick)
      timer ??= setInterval(tick, tickMs)
      return () => {
        listeners.delete(onTick)
        if (listeners.size > 0) return
        clearInterval(timer)
        timer = undefined
      }
    },
  }
}

export const ClockContext = createContext<PageClock | undefined>(undefined)

export function useNow(): number {
  const clock = use(ClockContext)
  if (clock === undefined) throw new Error("no clock: the component is outside the page")
  return useSyncExternalStore(clock.subscribe, clock.now)
}
