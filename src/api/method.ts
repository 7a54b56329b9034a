/**
 * One row of the method table: what a method is for, who may call it, and the schemas of what goes in and comes
 * out. The rows themselves are in `methods.ts` and, for the features that can be switched off, beside it.
 */
import { z } from "zod"
import { lazy } from "../base/lazy.ts"

/** From least to most: who may do more may do less. */
export const accessLevels = ["read", "write", "admin"] as const
export type Access = (typeof accessLevels)[number]

export interface Method<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly summary: string
  readonly access: Access
  readonly input: () => I
  readonly output: () => O
  /** After its answer the method goes on to send notifications, where the transport can carry them. */
  readonly streams?: true
}

/** Each schema is made once, when somebody first asks for it: a process that calls one method needs that of one. */
export function method<I extends z.ZodType, O extends z.ZodType>(row: Method<I, O>): Method<I, O> {
  return { ...row, input: lazy(row.input), output: lazy(row.output) }
}

/** Parameters of a method that has none. */
export const nothing = lazy(() => z.strictObject({}))

/** Whether `held` allows what needs `needed`. */
export function allows(held: Access, needed: Access): boolean {
  return accessLevels.indexOf(held) >= accessLevels.indexOf(needed)
}
