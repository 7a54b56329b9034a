/**
 * Chance that can be repeated: the same seed gives the same choices, so that a play, or a failure found by
 * one, can be seen again. Not for secrets.
 */

export interface SeededRandom {
  /** In [0, 1), as Math.random. */
  next(): number
  chance(probability: number): boolean
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  pick<T>(list: readonly [T, ...T[]]): T
  uuid(): string
}

export function createSeededRandom(seed: number): SeededRandom {
  const next = mulberry32(seed)
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick: (list) => list[between(0, list.length - 1)] ?? list[0],
    uuid: () => uuidFrom(() => between(0, 15)),
  }
}

/** Tommy Ettinger's mulberry32: 32 bits of state, enough for a play. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A random UUID (version 4, variant 1) from hexadecimal digits. */
function uuidFrom(digit: () => number): string {
  return "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".replaceAll(/[xy]/g, (place) =>
    (place === "y" ? 8 + (digit() % 4) : digit()).toString(16),
  )
}
