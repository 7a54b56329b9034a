/**
 * The bus: typed events inside this process. An event says "look again", never "here is all": it is
 * delivered at once, to whoever listens now, and kept for nobody. Losing every one of them may delay work
 * and loses none. A listener does little and does not wait; one that throws is logged, and neither the
 * publisher nor the next listener notices.
 */
import type { EventName, EventPayload } from "../api/events.ts"
import type { Logger } from "../base/log.ts"

export type Listener<N extends EventName> = (payload: EventPayload<N>) => void
export type AnyListener = (name: EventName, payload: EventPayload<EventName>) => void

export interface Bus {
  publish<N extends EventName>(name: N, payload: EventPayload<N>): void
  /** Disposing of the result ends the subscription. */
  subscribe<N extends EventName>(name: N, listener: Listener<N>): Disposable
  subscribeAll(listener: AnyListener): Disposable
}

export interface BusDeps {
  readonly log: Logger
}

type ListenersByName = { [N in EventName]?: Set<Listener<N>> }

export function createBus({ log }: BusDeps): Bus {
  const byName: ListenersByName = {}
  const toAll = new Set<AnyListener>()

  function guarded(name: EventName, deliver: () => void): void {
    try {
      deliver()
    } catch (error) {
      log.error("listener failed", { event: name, error })
    }
  }

  return {
    publish(name, payload) {
      for (const listener of listenersOf(byName, name)) guarded(name, () => listener(payload))
      for (const listener of toAll) guarded(name, () => listener(name, payload))
    },
    subscribe(name, listener) {
      return add(listenersOf(byName, name), (payload) => listener(payload))
    },
    subscribeAll: (listener) => add(toAll, (name, payload) => listener(name, payload)),
  }
}

function listenersOf<N extends EventName>(byName: ListenersByName, name: N): Set<Listener<N>> {
  const known = byName[name]
  if (known !== undefined) return known
  const created = new Set<Listener<N>>()
  // An assignment, but for a name that the type checker does not know.
  Object.assign(byName, { [name]: created })
  return created
}

/** The listener is a function of its own each time, so that the same one may subscribe twice. */
function add<L>(listeners: Set<L>, listener: L): Disposable {
  listeners.add(listener)
  return { [Symbol.dispose]: () => void listeners.delete(listener) }
}
