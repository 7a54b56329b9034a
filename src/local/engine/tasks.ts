/**
 * Reads that may take several slices. One slice runs at a time, when its owner says so; those that want another
 * wait in a row. A task that waits for something that is no system call is left where it is until it makes one.
 */
import { setImmediate } from "node:timers"
import { afterEvents } from "./events.ts"
import { createQueue } from "./queue.ts"
import { type OwnedTurn, type Turn, createTurn } from "./turn.ts"

/** Something that may take several slices. */
export interface Task {
  readonly run: (turn: Turn) => Promise<void>
  /** Before others go first: keeps what it sees as it is. */
  readonly hold: () => boolean
}

export interface Tasks {
  /** Runs the first slice of a task; only where nothing else runs: in a read, `committed` or `readsDone`. */
  readonly begin: (task: Task) => Promise<void>
  /** Runs a task in slices from the next one on. */
  readonly later: (task: Task) => void
  /** Runs the next slice, if one is wanted. */
  readonly runSlice: () => Promise<void>
  readonly areWaiting: () => boolean
  readonly areUnfinished: () => boolean
}

export interface TasksDeps {
  readonly sliceMs: number
  /** A slice is wanted. */
  readonly wanted: () => void
  /** A task has ended whose end nobody waited for. */
  readonly gaveResult: () => void
  readonly onDefect: (error: unknown) => void
}

export function createTasks(deps: TasksDeps): Tasks {
  const waiting = createQueue<OwnedTurn>()
  let unfinished = 0
  let current: OwnedTurn | undefined
  let watchesStray = false

  async function runSlice(): Promise<void> {
    const turn = waiting.first()
    if (turn === undefined) return
    waiting.shift()
    await take(turn)
    // Whatever came meanwhile is to be seen before the next slice.
    await afterEvents()
  }

  async function take(turn: OwnedTurn): Promise<void> {
    current = turn
    watchStray()
    await turn.begin()
    current = undefined
  }

  // The thread does something else only when the function waits for something that is no system call.
  function watchStray(): void {
    if (watchesStray) return
    watchesStray = true
    setImmediate(() => {
      watchesStray = false
      current?.stray()
      if (current !== undefined) watchStray()
    })
  }

  function want(turn: OwnedTurn): void {
    waiting.push(turn)
    deps.wanted()
  }

  function toTurn({ run, hold }: Task, late: boolean): OwnedTurn {
    let isLate = late
    unfinished += 1
    return createTurn({
      sliceMs: deps.sliceMs,
      ready: want,
      hold: () => {
        const held = hold()
        isLate ||= held
        return held
      },
      run: async (turn) => {
        try {
          await run(turn)
        } catch (error) {
          deps.onDefect(error)
        } finally {
          unfinished -= 1
          if (isLate) deps.gaveResult()
        }
      },
    })
  }

  return {
    runSlice,
    begin: (task) => take(toTurn(task, false)),
    later: (task) => want(toTurn(task, true)),
    areWaiting: () => waiting.first() !== undefined,
    areUnfinished: () => unfinished > 0,
  }
}
