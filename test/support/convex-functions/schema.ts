/** A small schema for tests of the local deployment: one table with indexes, one with a union, one free. */
import { defineSchema, defineTable } from "convex/server"
import { v } from "convex/values"

export const schema = defineSchema({
  messages: defineTable({
    channel: v.string(),
    body: v.string(),
    rank: v.optional(v.number()),
  })
    .index("by_channel", ["channel"])
    .index("by_channel_rank", ["channel", "rank"]),
  counters: defineTable({ name: v.string(), value: v.number() }).index("by_name", ["name"]),
  shapes: defineTable(
    v.union(
      v.object({ kind: v.literal("circle"), radius: v.number() }),
      v.object({ kind: v.literal("square"), side: v.number() }),
    ),
  ),
  things: defineTable(v.any()).index("by_n", ["n"]).index("by_a_b", ["a", "b.c"]),
  anything: defineTable(v.any()).index("by_key", ["key"]),
})
