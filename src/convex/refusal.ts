/** The one way in which a function refuses: a ConvexError that carries a code and a message. */
import { ConvexError } from "convex/values"

export type RefusalCode = "unauthenticated" | "forbidden" | "not_found" | "conflict" | "invalid"

export interface Refusal {
  readonly [key: string]: string
  readonly code: RefusalCode
  readonly message: string
}

export function refuse(code: RefusalCode, message: string): never {
  throw new ConvexError<Refusal>({ code, message })
}
