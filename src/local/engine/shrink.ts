/**
 * Gives the space of removed documents back to the disk, a few pages at a time, so that no step is longer than a write. A file of an older
 * version cannot be shrunk in this way; `doctor --fix` makes it so.
 */
import { clearTimeout, setTimeout } from "node:timers"
import type { Database } from "../storage/database.ts"
import { createTellOnce } from "./tell-once.ts"
import type { Transactor } from "./transactor.ts"

export interface ShrinkOptions {
  readonly database: Database
  readonly transactor: Transactor
  readonly onDefect: (error: unknown) => void
  /** Between two looks at a file with nothing to give back: 10 s unless given. */
  readonly everyMs?: number | undefined
}

const EVERY_MS = 10_000
const REST_MS = 25
const PAGES_AT_ONCE = 64
/** New documents take free pages first; giving all of them back would only make the file grow again. */
const PAGES_KEPT = 256
const SHARE_KEPT = 0.1

/** Looks now and then until it is disposed of. */
export function keepShrinking(options: ShrinkOptions): Disposable {
  const { database, transactor, onDefect, everyMs = EVERY_MS } = options
  const figures = database.query<{ free: number; pages: number }, []>(
    "SELECT freelist_count AS free, page_count AS pages FROM pragma_freelist_count, pragma_page_count",
  )
  const vacuum = database.query(`PRAGMA incremental_vacuum(${PAGES_AT_ONCE})`)
  const incremental =
    database.query<{ auto_vacuum: number }, []>("PRAGMA auto_vacuum").get()?.auto_vacuum === 2
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let hasShrunk = false
  const writing = createTellOnce(onDefect)

  function surplus(): number {
    const { free = 0, pages = 0 } = figures.get() ?? {}
    return free - Math.max(PAGES_KEPT, pages * SHARE_KEPT)
  }

  /** Returns whether something was given back. */
  async function shrink(): Promise<boolean> {
    const isDue = surplus() > (hasShrunk ? 0 : PAGES_AT_ONCE)
    if (isDue) {
      await transactor.writeAlone(() => {
        vacuum.all()
        return Promise.resolve()
      })
    } else if (hasShrunk) {
      // The main file is cut when what stands in the log has been moved there, which a transaction would forbid.
      await transactor.between(() => database.run("PRAGMA wal_checkpoint(PASSIVE)"))
    }
    return isDue
  }

  async function look(): Promise<void> {
    try {
      hasShrunk = await shrink()
      writing.worked()
    } catch (error) {
      hasShrunk = false
      writing.failed(error)
    }
    wait(hasShrunk ? REST_MS : everyMs)
  }

  function wait(ms: number): void {
    if (stopped) return
    timer = setTimeout(() => void look(), ms)
    timer.unref()
  }

  if (incremental) wait(everyMs)
  return {
    [Symbol.dispose]: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}
