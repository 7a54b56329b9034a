/**
 * Many subscriptions as one: what changed is read alone and told once for each frame, however many of them changed.
 * (`useQueries` reads all of them for each that changed, which with hundreds of them takes longer than a frame.)
 */

export interface Watch {
  readonly onUpdate: (callback: () => void) => () => void
  /** Throws what the query threw; undefined until it has returned. */
  readonly localQueryResult: () => unknown
}

export type WatchesByKey = ReadonlyMap<string, Watch>

export interface Watches<T> {
  /** Follows these from now on and no others; equal keys stand for equal watches. Returns what ends the telling. */
  follow(wanted: WatchesByKey, onChange: () => void): () => void
  /** The same map until something in it changes. */
  current(wanted: WatchesByKey): ReadonlyMap<string, T>
  end(): void
}

export interface WatchesDeps<T> {
  /** From what a query returned, what it threw (an Error), or undefined. */
  readonly toValue: (result: unknown) => T
  /** Does the work before the next frame is drawn. */
  readonly schedule: (work: () => void) => void
}

export function createWatches<T>({ toValue, schedule }: WatchesDeps<T>): Watches<T> {
  const followed = new Map<string, () => void>()
  let values: ReadonlyMap<string, T> = new Map()
  let shown: WatchesByKey | undefined
  const changed = new Set<string>()
  let tell: (() => void) | undefined

  /** Those that changed, or are new, are read; the others stay what they were. */
  function refresh(wanted: WatchesByKey): void {
    const next = [...wanted].map(([key, watch]) => {
      const known = changed.has(key) ? undefined : values.get(key)
      return [key, known ?? toValue(resultOf(watch))] as const
    })
    changed.clear()
    values = new Map(next)
    shown = wanted
  }

  function onUpdate(key: string): void {
    const isFirst = changed.size === 0
    changed.add(key)
    if (isFirst) schedule(() => tell?.())
  }

  function current(wanted: WatchesByKey): ReadonlyMap<string, T> {
    if (shown !== wanted || changed.size > 0) refresh(wanted)
    return values
  }

  return {
    current,
    follow(wanted, onChange) {
      for (const [key, watch] of wanted) {
        if (!followed.has(key)) {
          followed.set(
            key,
            watch.onUpdate(() => onUpdate(key)),
          )
        }
      }
      for (const [key, unfollow] of followed) {
        if (wanted.has(key)) continue
        followed.delete(key)
        unfollow()
      }
      tell = onChange
      return () => {
        if (tell === onChange) tell = undefined
      }
    },
    end() {
      for (const unfollow of followed.values()) unfollow()
      followed.clear()
    },
  }
}

function resultOf(watch: Watch): unknown {
  try {
    return watch.localQueryResult()
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** With the next frame; a page that nobody sees draws none, so a timer does it there. */
export function beforeNextFrame(work: () => void): void {
  let isDone = false
  const once = () => {
    if (isDone) return
    isDone = true
    cancelAnimationFrame(frame)
    clearTimeout(timer)
    work()
  }
  const frame = requestAnimationFrame(once)
  const timer = setTimeout(once, hiddenMs)
}

const hiddenMs = 250
