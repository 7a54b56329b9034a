/** Why the program was cut short from outside: the reason of the root signal, and its exit code. */

const exits = { SIGINT: 130, SIGTERM: 143, EPIPE: 0 }

export type InterruptionCause = keyof typeof exits

/** For SIGINT and SIGTERM 128 plus the signal's number; 0 when nobody reads what is printed any more. */
export function interruption(cause: InterruptionCause): Error {
  return new Error(cause)
}

export function exitOfInterruption(reason: unknown): number {
  const cause = reason instanceof Error ? reason.message : ""
  return cause === "SIGTERM" || cause === "EPIPE" ? exits[cause] : exits.SIGINT
}
