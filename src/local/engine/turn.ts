/**
 * One running function's share of the thread. At each system call it may have to let others go first: when
 * its slice is used up, or when it comes back from waiting for something that is no system call. Whoever
 * takes turns starts the function and each slice, and learns when the slice is over.
 *
 *   running -> (slice over) -> waiting -> (begin) -> running -> done
 *   running -> (strayed: it waits for something else) -> away -> (next system call) -> waiting
 *   waiting or away -> (its time limit ends it) -> done
 */

/** How long something may run before others go first, in milliseconds. */
export interface Slices {
  readonly readMs: number
  readonly writeMs: number
  /** All live queries together, after a commit. */
  readonly refreshMs: number
}

export const usualSlices: Slices = { readMs: 2, writeMs: 10, refreshMs: 8 }

export interface Turn {
  /** At a system call: what to wait for, if others go first. */
  readonly pause: () => Promise<void> | undefined
  /** How long it has let others go first, in milliseconds. */
  readonly waitedMs: () => number
}

export interface OwnedTurn extends Turn {
  /** Begins the next slice; resolves when it is over. */
  readonly begin: () => Promise<void>
  /** The thread does other things though the slice is not over. */
  readonly stray: () => void
  readonly isDone: () => boolean
}

export interface TurnDeps {
  /** Never rejects. */
  readonly run: (turn: Turn) => Promise<void>
  readonly sliceMs: number
  /** Makes it independent of what others do meanwhile; false when that cannot be, and then it goes on. */
  readonly hold: () => boolean
  /** It wants its next slice. */
  readonly ready: (turn: OwnedTurn) => void
}

export function createTurn({ run, sliceMs, hold, ready }: TurnDeps): OwnedTurn {
  let state: "new" | "running" | "away" | "waiting" | "done" = "new"
  let slice: PromiseWithResolvers<void> = Promise.withResolvers<void>()
  let resumed: PromiseWithResolvers<void> | undefined
  let sliceEndsAt = 0
  let leftAt = 0
  let waitedMs = 0

  function leave(next: "away" | "waiting" | "done"): void {
    state = next
    leftAt = performance.now()
    slice.resolve()
  }

  function pause(): Promise<void> | undefined {
    if (resumed !== undefined) return resumed.promise
    if (state === "running") {
      if (performance.now() < sliceEndsAt || !hold()) return undefined
      leave("waiting")
    } else if (state === "done") return undefined
    state = "waiting"
    resumed = Promise.withResolvers<void>()
    ready(turn)
    return resumed.promise
  }

  function begin(): Promise<void> {
    const now = performance.now()
    sliceEndsAt = now + sliceMs
    if (state === "new") {
      state = "running"
      void runToEnd()
      return slice.promise
    }
    // Its time limit may have ended it while others went first.
    if (state === "done") return slice.promise
    waitedMs += now - leftAt
    state = "running"
    slice = Promise.withResolvers<void>()
    wake()
    return slice.promise
  }

  function wake(): void {
    const waiter = resumed
    resumed = undefined
    waiter?.resolve()
  }

  async function runToEnd(): Promise<void> {
    await run(turn)
    leave("done")
    wake()
  }

  const turn: OwnedTurn = {
    pause,
    begin,
    waitedMs: () => waitedMs + (state === "waiting" ? performance.now() - leftAt : 0),
    isDone: () => state === "done",
    stray: () => {
      if (state === "running" && hold()) leave("away")
    },
  }
  return turn
}
