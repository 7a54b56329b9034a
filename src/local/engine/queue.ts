/** First in, first out, without moving what is behind. */

export interface Queue<T> {
  readonly push: (item: T) => void
  readonly first: () => T | undefined
  readonly shift: () => void
  /** Takes every item of a sort, in order. */
  readonly takeAll: (wanted: (item: T) => boolean) => readonly T[]
}

export function createQueue<T>(): Queue<T> {
  let items: T[] = []
  let head = 0
  return {
    push: (item) => items.push(item),
    first: () => items[head],
    shift: () => {
      head += 1
      if (head < items.length) return
      items = []
      head = 0
    },
    takeAll: (wanted) => {
      const rest = items.slice(head)
      const taken = rest.filter(wanted)
      if (taken.length === 0) return taken
      items = rest.filter((item) => !wanted(item))
      head = 0
      return taken
    },
  }
}
