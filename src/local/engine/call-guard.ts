/**
 * Keeps a function that never ends from ending the deployment again and again. Clients send an unanswered
 * mutation again after each reconnect, and watch their queries again, so the call that made the last thread
 * end would make the next one end too. The running call is noted in memory that outlives the thread; the
 * next thread is told of it and refuses that one call, same function and same arguments, as out of time.
 */

export interface CallGuard {
  /** The call as running now; `undefined` when it must not be run again. */
  readonly enter: (path: string, args: string) => GuardedCall | undefined
}

export interface GuardedCall {
  /** It lets others go first. */
  readonly rest: () => void
  /** It goes on; what wakes up of it after its end does not count. */
  readonly resume: () => void
  readonly end: () => void
}

const nothing = () => undefined
const unguarded: GuardedCall = { rest: nothing, resume: nothing, end: nothing }

export const noGuard: CallGuard = { enter: () => unguarded }

/** Bytes of shared memory: a counter of beats, and the digest of the running call or 0. */
export const GUARD_BYTES = 16
const RUNNING_CALL = 1

export function createCallGuard(shared: SharedArrayBuffer, refused: readonly bigint[]): CallGuard {
  const memory = new BigUint64Array(shared)
  return {
    enter: (path, args) => {
      const digest = Bun.hash.wyhash(`${path}\n${args}`)
      if (refused.includes(digest)) return undefined
      let hasEnded = false
      const resume = () => {
        if (!hasEnded) memory[RUNNING_CALL] = digest
      }
      const rest = () => {
        if (memory[RUNNING_CALL] === digest) memory[RUNNING_CALL] = 0n
      }
      const end = () => {
        hasEnded = true
        rest()
      }
      resume()
      return { rest, resume, end }
    },
  }
}

/** The call that was running when the thread ended, if one was. */
export function runningCall(shared: SharedArrayBuffer): bigint | undefined {
  const digest = new BigUint64Array(shared)[RUNNING_CALL]
  return digest === 0n ? undefined : digest
}
