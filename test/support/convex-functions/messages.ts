/** Messages in channels: what subscriptions, pages and reconnects are tested with. */
import { paginationOptsValidator } from "convex/server"
import { ConvexError, v } from "convex/values"
import { internalMutation, internalQuery, mutation, query } from "./server.ts"

const message = v.object({
  _id: v.id("messages"),
  _creationTime: v.number(),
  channel: v.string(),
  body: v.string(),
  rank: v.optional(v.number()),
})

export const list = query({
  args: { channel: v.string() },
  returns: v.array(message),
  handler: (ctx, { channel }) =>
    ctx.db
      .query("messages")
      .withIndex("by_channel", (q) => q.eq("channel", channel))
      .collect(),
})

export const first = query({
  args: { channel: v.string() },
  handler: (ctx, { channel }) =>
    ctx.db
      .query("messages")
      .withIndex("by_channel", (q) => q.eq("channel", channel))
      .first(),
})

export const get = query({
  args: { id: v.id("messages") },
  handler: (ctx, { id }) => ctx.db.get("messages", id),
})

export const page = query({
  args: { channel: v.string(), paginationOpts: paginationOptsValidator },
  handler: (ctx, { channel, paginationOpts }) =>
    ctx.db
      .query("messages")
      .withIndex("by_channel", (q) => q.eq("channel", channel))
      .order("desc")
      .paginate(paginationOpts),
})

export const send = mutation({
  args: { channel: v.string(), body: v.string(), rank: v.optional(v.number()) },
  returns: v.id("messages"),
  handler: (ctx, args) => ctx.db.insert("messages", args),
})

export const edit = mutation({
  args: { id: v.id("messages"), body: v.string() },
  handler: (ctx, { id, body }) => ctx.db.patch("messages", id, { body }),
})

export const remove = mutation({
  args: { id: v.id("messages") },
  handler: (ctx, { id }) => ctx.db.delete("messages", id),
})

export const sendThenFail = mutation({
  args: { channel: v.string() },
  handler: async (ctx, { channel }) => {
    await ctx.db.insert("messages", { channel, body: "never" })
    throw new ConvexError({ code: "refused", channel })
  },
})

export const secretCount = internalQuery({
  args: {},
  handler: async (ctx) => (await ctx.db.query("messages").collect()).length,
})

export const secretSend = internalMutation({
  args: { channel: v.string() },
  handler: (ctx, { channel }) => ctx.db.insert("messages", { channel, body: "secret" }),
})
