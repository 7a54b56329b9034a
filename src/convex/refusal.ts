/** The one way in which a function refuses: a ConvexError that carries a code and a message. */
import { ConvexError } from "convex/values"

export type RefusalCode = "unauthenticated" | "forbidden" | "not_found" | "conflict" | "invalid"

export interface Refusal {
  readonly [key: string]: string
  readonly code: RefusalCode
  readonly message: string
}

/** `details` say more to a program, for instance which field was wrong. */
export function refuse(
  code: RefusalCode,
  message: string,
  details: Readonly<Record<string, string>> = {},
): never {
  throw new ConvexError<Refusal>({ ...details, code, message })
}
