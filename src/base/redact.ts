/**
 * Secret: a token that cannot be printed by accident. Text, JSON and inspection of it, or of anything
 * that holds it, give `<redacted>`. `reveal` is the one way to its value, so that a search for that word
 * finds every place where a secret leaves.
 */
import { inspect } from "node:util"

const redacted = "<redacted>"

export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  toString(): string {
    return redacted
  }

  toJSON(): string {
    return redacted
  }

  [inspect.custom](): string {
    return redacted
  }

  static read(secret: Secret): string {
    return secret.#value
  }
}

export function reveal(secret: Secret): string {
  return Secret.read(secret)
}
