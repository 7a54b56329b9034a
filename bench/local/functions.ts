/**
 * The functions that the benches of the local deployment call: one short document written, one index read, and
 * what others are to be measured beside.
 */
import {
  type DataModelFromSchemaDefinition,
  defineSchema,
  defineTable,
  makeFunctionReference,
  mutationGeneric,
  type MutationBuilder,
  queryGeneric,
  type QueryBuilder,
} from "convex/server"
import { v } from "convex/values"

export const schema = defineSchema({
  marks: defineTable({ place: v.number(), text: v.string() }).index("by_place", ["place"]),
})

type DataModel = DataModelFromSchemaDefinition<typeof schema>

const mutation: MutationBuilder<DataModel, "public"> = mutationGeneric
const query: QueryBuilder<DataModel, "public"> = queryGeneric

const add = mutation({
  args: { place: v.number(), text: v.string() },
  returns: v.id("marks"),
  handler: (ctx, mark) => ctx.db.insert("marks", mark),
})

/** The text that was put last in a place. */
const last = query({
  args: { place: v.number() },
  returns: v.union(v.string(), v.null()),
  handler: async (ctx, { place }) => {
    const marks = ctx.db.query("marks").withIndex("by_place", (q) => q.eq("place", place))
    return (await marks.order("desc").first())?.text ?? null
  },
})

/** So many marks, each in a place of its own. */
const fill = mutation({
  args: { from: v.number(), count: v.number() },
  handler: async (ctx, { from, count }) => {
    for (let place = from; place < from + count; place++) {
      await ctx.db.insert("marks", { place, text: "a mark" })
    }
  },
})

/** Reads marks one by one, as many as there are or a function may read. */
const count = query({
  args: { salt: v.number() },
  returns: v.number(),
  handler: async (ctx) => {
    let marks = 0
    for await (const _mark of ctx.db.query("marks")) if (++marks === 30_000) break
    return marks
  },
})

const large = query({
  args: { salt: v.number(), length: v.number() },
  returns: v.string(),
  handler: (_ctx, { salt, length }) => `${salt} `.padEnd(length, "0123456789"),
})

export const modules = { marks: { add, last, fill, count, large } }

export const api = {
  add: makeFunctionReference<"mutation", { place: number; text: string }, string>("marks:add"),
  last: makeFunctionReference<"query", { place: number }, string | null>("marks:last"),
  fill: makeFunctionReference<"mutation", { from: number; count: number }, null>("marks:fill"),
  count: makeFunctionReference<"query", { salt: number }, number>("marks:count"),
  large: makeFunctionReference<"query", { salt: number; length: number }, string>("marks:large"),
}
