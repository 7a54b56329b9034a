/** What Convex offers and the local deployment does not, and what a query may never do. */
import {
  actionGeneric,
  createFunctionHandle,
  makeFunctionReference,
  queryGeneric,
} from "convex/server"
import { v } from "convex/values"
import { z } from "zod"
import { action, mutation, query } from "./server.ts"

export const uploadUrl = mutation({ args: {}, handler: (ctx) => ctx.storage.generateUploadUrl() })

export const fileUrl = query({
  args: { id: v.any() },
  handler: (ctx, { id }) => ctx.storage.getUrl(id),
})

export const storeFile = action({
  args: {},
  handler: async (ctx) => await ctx.storage.store(new Blob(["x"])),
})

export const vectors = actionGeneric({
  args: {},
  handler: (ctx) => ctx.vectorSearch("messages", "by_vector", { vector: [1, 2], limit: 1 }),
})

export const textSearch = queryGeneric({
  args: {},
  handler: (ctx) =>
    ctx.db
      .query("messages")
      .withSearchIndex("by_text", (q) => q.search("body", "x"))
      .collect(),
})

const list = makeFunctionReference<"query", { channel: string }>("messages:list")

export const handle = mutation({ args: {}, handler: () => createFunctionHandle(list) })

export const whoAmI = query({ args: {}, handler: (ctx) => ctx.auth.getUserIdentity() })

/** The types do not let a query write; the call that a mutation's library makes would. */
export const writes = query({
  args: {},
  handler: async () => {
    const { asyncSyscall } = systemCalls.parse(Reflect.get(globalThis, "Convex"))
    const value = { channel: "a", body: "b" }
    return await asyncSyscall("1.0/insert", JSON.stringify({ table: "messages", value }))
  },
})

const systemCalls = z.custom<{
  readonly asyncSyscall: (name: string, args: string) => Promise<string>
}>()

/** The value as the function got it, told in a way that the answer's encoding cannot hide, and the value. */
export const echo = query({
  args: { value: v.any() },
  handler: (_ctx, { value }) => ({ type: typeOf(value), value }),
})

export const optional = query({
  args: { a: v.optional(v.number()), b: v.union(v.null(), v.number()) },
  handler: (_ctx, args) => [Object.hasOwn(args, "a"), args.b],
})

function typeOf(value: unknown): string {
  if (value === null) return "null"
  if (Array.isArray(value)) return "array"
  return value instanceof ArrayBuffer ? "bytes" : typeof value
}
