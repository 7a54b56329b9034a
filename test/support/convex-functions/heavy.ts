/** Functions that take long, and results that are large. */
import { v } from "convex/values"
import { mutation, query } from "./server.ts"

export const fill = mutation({
  args: { from: v.number(), count: v.number() },
  handler: async (ctx, { from, count }) => {
    for (let key = from; key < from + count; key += 1) await ctx.db.insert("anything", { key })
    return null
  },
})

/** How many rows there are, found out by reading each. The salt makes several queries of it. */
export const count = query({
  args: { salt: v.number() },
  handler: async (ctx) => {
    let rows = 0
    for await (const _row of ctx.db.query("anything")) rows += 1
    return rows
  },
})

/** The same in a mutation, which then says so in a row. */
export const countAndAdd = mutation({
  args: {},
  handler: async (ctx) => {
    let rows = 0
    for await (const _row of ctx.db.query("anything")) rows += 1
    await ctx.db.insert("anything", { key: -1, rows })
    return rows
  },
})

/** So many characters, of which the first say how many shapes there are. */
export const large = query({
  args: { salt: v.number(), length: v.number() },
  handler: async (ctx, { salt, length }) => {
    const shapes = await ctx.db.query("shapes").collect()
    return `${shapes.length} ${salt} `.padEnd(length, "0123456789é")
  },
})

/** Leaves nobody else the thread for so long. */
export const busy = mutation({
  args: { ms: v.number() },
  handler: (_ctx, { ms }) => {
    const until = performance.now() + ms
    while (performance.now() < until);
    return null
  },
})

/** Asks for ever. */
export const spin = query({
  args: {},
  handler: async (ctx) => {
    for (;;) await ctx.auth.getUserIdentity()
  },
})

/** The same after a write that must not survive. */
export const addAndSpin = mutation({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    await ctx.db.insert("counters", { name, value: 1 })
    for (;;) await ctx.auth.getUserIdentity()
  },
})

/** Waits for something that is not the deployment, between two looks at the same rows. */
export const lookTwice = query({
  args: { name: v.string(), rounds: v.number() },
  handler: async (ctx, { name, rounds }) => {
    const look = () =>
      ctx.db
        .query("counters")
        .withIndex("by_name", (q) => q.eq("name", name))
        .unique()
    const before = await look()
    for (let round = 0; round < rounds; round += 1) {
      await crypto.subtle.digest("SHA-256", new Uint8Array(1))
    }
    return [before?.value ?? 0, (await look())?.value ?? 0]
  },
})
