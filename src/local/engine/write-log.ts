/**
 * What has been written since a moment, for whoever began to look then. What nobody looks at any more is
 * forgotten by itself: who follows holds its own place in the chain, and the log only the end.
 */
import type { TouchedKey } from "../storage/documents.ts"

export interface WriteLog {
  readonly add: (keys: readonly TouchedKey[]) => void
  /** The result gives everything that was added after this call. */
  readonly follow: () => () => Iterable<TouchedKey>
}

interface Link {
  readonly keys: readonly TouchedKey[]
  next: Link | undefined
}

export function createWriteLog(): WriteLog {
  let last: Link = { keys: [], next: undefined }
  return {
    add: (keys) => {
      const link: Link = { keys, next: undefined }
      last.next = link
      last = link
    },
    follow: () => {
      const from = last
      return () => keysAfter(from)
    },
  }
}

function* keysAfter(from: Link): Generator<TouchedKey> {
  for (let link = from.next; link !== undefined; link = link.next) yield* link.keys
}
