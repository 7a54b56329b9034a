/**
 * Keeps a function that never ends from ending the deployment again and again. Clients send an unanswered
 * mutation again after each reconnect, and watch their queries again, so the call that made the last thread
 * end would make the next one end too. The running call is noted in memory that outlives the thread; the
 * next thread is told of it and refuses that one call, same function and same arguments, as out of time.
 */

export interface CallGuard {
  /** False when this call must not be run again. */
  readonly enter: (path: string, args: string) => boolean
  readonly leave: () => void
}

export const noGuard: CallGuard = { enter: () => true, leave: () => undefined }

/** Bytes of shared memory: a counter of beats, and the digest of the running call or 0. */
export const GUARD_BYTES = 16
const RUNNING_CALL = 1

export function createCallGuard(shared: SharedArrayBuffer, refused: readonly bigint[]): CallGuard {
  const memory = new BigUint64Array(shared)
  return {
    enter: (path, args) => {
      const digest = Bun.hash.wyhash(`${path}\n${args}`)
      if (refused.includes(digest)) return false
      memory[RUNNING_CALL] = digest
      return true
    },
    leave: () => {
      memory[RUNNING_CALL] = 0n
    },
  }
}

/** The call that was running when the thread ended, if one was. */
export function runningCall(shared: SharedArrayBuffer): bigint | undefined {
  const digest = new BigUint64Array(shared)[RUNNING_CALL]
  return digest === 0n ? undefined : digest
}
