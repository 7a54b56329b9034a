/**
 * Subscriptions with the page's token in them. A component that calls these shows what the deployment
 * holds now and is drawn again when that changes; undefined means that the first answer is on its way.
 */
import { useConvex } from "convex/react"
import {
  type FunctionArgs,
  type FunctionReference,
  type FunctionReturnType,
  getFunctionName,
} from "convex/server"
import { ConvexError } from "convex/values"
import { createContext, use, useCallback, useEffect, useMemo, useSyncExternalStore } from "react"
import type { Role } from "../view/rows.ts"
import { beforeNextFrame, createWatches } from "./watches.ts"

export interface Viewer {
  readonly token: string
  readonly deploymentUrl: string
  /** Undefined until the deployment has said it. */
  readonly role: Role | undefined
  readonly signOut: () => void
  /** Goes on with another token for the same deployment. */
  readonly signInWith: (token: string) => void
}

export const ViewerContext = createContext<Viewer | undefined>(undefined)

type Query = FunctionReference<"query">
type Mutation = FunctionReference<"mutation">
type Tokenless<F extends Query | Mutation> = Omit<FunctionArgs<F>, "token">

export function useViewer(): Viewer {
  const viewer = use(ViewerContext)
  if (viewer === undefined)
    throw new Error("no viewer: the component is outside the signed-in page")
  return viewer
}

/** What a subscription has brought so far. A failed one says why in words for a person. */
export type Live<T> =
  | { readonly status: "loading" }
  | { readonly status: "ready"; readonly value: T }
  | { readonly status: "failed"; readonly reason: string; readonly isSignedOut: boolean }

const loading = { status: "loading" } as const

export function useLive<Q extends Query>(
  query: Q,
  args: Tokenless<Q> | "skip",
): Live<FunctionReturnType<Q>> {
  const key = JSON.stringify(args)
  const argsByKey = useMemo(
    () => new Map(args === "skip" ? [] : [[key, args] as const]),
    // The arguments are plain data: equal text means equal arguments.
    [key],
  )
  return useLiveMany(query, argsByKey).get(key) ?? loading
}

/** The same query for many arguments, by the same keys; equal keys stand for equal arguments. */
export function useLiveMany<Q extends Query>(
  query: Q,
  argsByKey: ReadonlyMap<string, Tokenless<Q>>,
): ReadonlyMap<string, Live<FunctionReturnType<Q>>> {
  const { token } = useViewer()
  // Each mention of a function in `api` is another object; its name is what stays the same.
  const name = getFunctionName(query)
  const convex = useConvex()
  const watches = useMemo(
    () => createWatches({ toValue: toLive<Q>, schedule: beforeNextFrame }),
    [convex, name, token],
  )
  const wanted = useMemo(() => {
    const watchOf = (args: Tokenless<Q>) => convex.watchQuery(query, withToken<Q>(token, args))
    return new Map([...argsByKey].map(([key, args]) => [key, watchOf(args)] as const))
  }, [watches, argsByKey])
  useEffect(() => watches.end, [watches])
  const follow = useCallback((tell: () => void) => watches.follow(wanted, tell), [wanted])
  return useSyncExternalStore(follow, () => watches.current(wanted))
}

function toLive<Q extends Query>(result: unknown): Live<FunctionReturnType<Q>> {
  if (result === undefined) return loading
  if (result instanceof Error) return failure(result)
  // What is neither pending nor an error is what the query returned.
  return { status: "ready", value: result as FunctionReturnType<Q> }
}

/** The reason in a refusal, or the message of an error without what the client wraps around it. */
export function failure(error: unknown): Live<never> & { readonly status: "failed" } {
  const refusal: unknown = error instanceof ConvexError ? error.data : undefined
  if (isRefusal(refusal)) {
    const isSignedOut = refusal.code === "unauthenticated"
    return { status: "failed", reason: refusal.message, isSignedOut }
  }
  const text = error instanceof Error ? error.message : String(error)
  const reason = text.replace(/^\[CONVEX [^\]]*\]\s*/, "").split("\n", 1)[0] ?? text
  return { status: "failed", reason: reason.slice(0, 300), isSignedOut: false }
}

function isRefusal(value: unknown): value is { readonly code: string; readonly message: string } {
  if (typeof value !== "object" || value === null) return false
  return "code" in value && "message" in value && typeof value.message === "string"
}

/** Asks once, without a subscription. */
export function useAsk<Q extends Query>(
  query: Q,
): (args: Tokenless<Q>) => Promise<FunctionReturnType<Q>> {
  const { token } = useViewer()
  const convex = useConvex()
  return (args) => convex.query(query, withToken<Q>(token, args))
}

export function useChange<M extends Mutation>(
  mutation: M,
): (args: Tokenless<M>) => Promise<FunctionReturnType<M>> {
  const { token } = useViewer()
  const convex = useConvex()
  return (args) => convex.mutation(mutation, withToken<M>(token, args))
}

/** Every public function takes `token` beside its own arguments. */
function withToken<F extends Query | Mutation>(token: string, args: Tokenless<F>): FunctionArgs<F> {
  return { ...args, token }
}
