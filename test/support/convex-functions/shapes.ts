/** Writes that the schema or the limits may refuse, and reads by every kind of index. */
import { v } from "convex/values"
import { mutation, query } from "./server.ts"

export const put = mutation({
  args: { table: v.union(v.literal("shapes"), v.literal("anything")), value: v.any() },
  handler: (ctx, { table, value }) => ctx.db.insert(table, value),
})

export const patch = mutation({
  args: { id: v.string(), fields: v.any() },
  handler: (ctx, { id, fields }) => {
    const known = ctx.db.normalizeId("shapes", id) ?? ctx.db.normalizeId("anything", id)
    if (known === null) throw new Error("no such table")
    return ctx.db.patch(known, fields)
  },
})

export const all = query({
  args: { table: v.union(v.literal("shapes"), v.literal("anything")) },
  handler: (ctx, { table }) => ctx.db.query(table).collect(),
})

export const wrongReturn = query({
  args: {},
  returns: v.object({ n: v.number() }),
  handler: (): { n: number } => JSON.parse('{ "n": "not a number" }'),
})

export const normalize = query({
  args: { id: v.string() },
  handler: (ctx, { id }) => [ctx.db.normalizeId("shapes", id), ctx.db.normalizeId("anything", id)],
})

/** Takes any id on trust. */
export const getMessage = query({
  args: { id: v.any() },
  handler: (ctx, { id }) => ctx.db.get("messages", id),
})

export const manyReads = query({
  args: { times: v.number() },
  handler: async (ctx, { times }) => {
    for (let count = 0; count < times; count += 1) await ctx.db.query("shapes").first()
    return times
  },
})

export const manyWrites = mutation({
  args: { times: v.number() },
  handler: async (ctx, { times }) => {
    for (let key = 0; key < times; key += 1) await ctx.db.insert("anything", { key })
    return times
  },
})

export const twoPages = query({
  args: {},
  handler: async (ctx) => {
    const options = { numItems: 1, cursor: null }
    await ctx.db.query("shapes").paginate(options)
    await ctx.db.query("shapes").paginate(options)
    return null
  },
})

export const ranges = query({
  args: { from: v.any(), to: v.any() },
  handler: async (ctx, { from, to }) => {
    const rows = await ctx.db
      .query("anything")
      .withIndex("by_key", (q) => q.gte("key", from).lt("key", to))
      .collect()
    return rows.map((row) => row["key"] as unknown)
  },
})

export const rangeOn = query({
  args: { field: v.any() },
  handler: (ctx, { field }) =>
    ctx.db
      .query("anything")
      .withIndex("by_key", (q) => q.eq(field, 1))
      .collect(),
})
