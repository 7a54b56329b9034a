/**
 * One-time codes that open the page. A code lives for a few minutes, works once, and is kept only as a
 * hash; at most a handful wait at a time, so guessing cannot be made easier by asking for many.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto"

export interface PageLinks {
  /** A new code and when it ends, in milliseconds since the epoch. */
  issue(): { readonly code: string; readonly expiresAt: number }
  /** True once for each code that was issued and has not ended. */
  redeem(code: string): boolean
}

export interface PageLinksDeps {
  readonly now: () => number
  readonly lifetimeMs?: number
}

interface Waiting {
  readonly hash: Buffer
  readonly expiresAt: number
}

const defaultLifetimeMs = 10 * 60_000
const mostWaiting = 8

export function createPageLinks({ now, lifetimeMs = defaultLifetimeMs }: PageLinksDeps): PageLinks {
  let waiting: readonly Waiting[] = []
  return {
    issue() {
      const code = randomBytes(24).toString("base64url")
      const expiresAt = now() + lifetimeMs
      waiting = [...waiting, { hash: hashOf(code), expiresAt }].slice(-mostWaiting)
      return { code, expiresAt }
    },
    redeem(code) {
      const hash = hashOf(code)
      const alive = waiting.filter(({ expiresAt }) => expiresAt > now())
      // Every entry is compared, each in constant time, so that the time tells nothing about the code.
      const matches = alive.map((entry) => timingSafeEqual(entry.hash, hash))
      waiting = alive.filter((_, index) => matches[index] !== true)
      return matches.includes(true)
    },
  }
}

function hashOf(code: string): Buffer {
  return createHash("sha256").update(code).digest()
}
