/** Counters: read, then write. Lost updates and half-applied mutations show up as wrong sums. */
import { v } from "convex/values"
import { makeFunctionReference } from "convex/server"
import { mutation, query } from "./server.ts"

export const read = query({
  args: { name: v.string() },
  returns: v.number(),
  handler: async (ctx, { name }) => {
    const counter = await ctx.db
      .query("counters")
      .withIndex("by_name", (q) => q.eq("name", name))
      .unique()
    return counter?.value ?? 0
  },
})

export const add = mutation({
  args: { name: v.string(), amount: v.number() },
  returns: v.number(),
  handler: async (ctx, { name, amount }) => {
    const counter = await ctx.db
      .query("counters")
      .withIndex("by_name", (q) => q.eq("name", name))
      .unique()
    if (counter === null) {
      await ctx.db.insert("counters", { name, value: amount })
      return amount
    }
    await ctx.db.patch("counters", counter._id, { value: counter.value + amount })
    return counter.value + amount
  },
})

const addReference = makeFunctionReference<"mutation", { name: string; amount: number }, number>(
  "counters:add",
)
const failReference = makeFunctionReference<"mutation", { name: string }, null>(
  "counters:addThenFail",
)

export const addThenFail = mutation({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    await ctx.runMutation(addReference, { name, amount: 100 })
    throw new Error("after the addition")
  },
})

/** Whoever sees one of the two additions sees both. */
export const move = mutation({
  args: { from: v.string(), to: v.string(), amount: v.number() },
  handler: async (ctx, { from, to, amount }) => {
    await ctx.runMutation(addReference, { name: from, amount: -amount })
    await ctx.runMutation(addReference, { name: to, amount })
  },
})

/** Three writes of which there are all or none. */
export const moveAndSend = mutation({
  args: { from: v.string(), to: v.string(), body: v.string() },
  handler: async (ctx, { from, to, body }) => {
    await ctx.runMutation(addReference, { name: from, amount: -1 })
    await ctx.db.insert("messages", { channel: "kills", body })
    await ctx.runMutation(addReference, { name: to, amount: 1 })
  },
})

/** Ten nested additions at once, half of which fail after they wrote. */
export const addNested = mutation({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    const calls = Array.from({ length: 10 }, (_, index) =>
      index % 2 === 0
        ? ctx.runMutation(addReference, { name, amount: 1 })
        : ctx.runMutation(failReference, { name }),
    )
    const results = await Promise.allSettled([
      ...calls,
      ctx.db.insert("counters", { name: `${name}-aside`, value: 1 }),
    ])
    return results.map((result) => result.status)
  },
})
