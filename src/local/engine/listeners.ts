/** Who wants to be told of something, each until it is disposed of. */

export interface Listeners<T> {
  readonly add: (listener: (told: T) => void) => Disposable
  readonly tell: (told: T) => void
}

export function createListeners<T>(): Listeners<T> {
  const listeners = new Set<(told: T) => void>()
  return {
    add: (listener) => {
      listeners.add(listener)
      return { [Symbol.dispose]: () => listeners.delete(listener) }
    },
    tell: (told) => {
      for (const listener of listeners) listener(told)
    },
  }
}
