/** The functions that the benches of the local deployment call: one short document written, one index read. */
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

export const modules = { marks: { add, last } }

export const api = {
  add: makeFunctionReference<"mutation", { place: number; text: string }, string>("marks:add"),
  last: makeFunctionReference<"query", { place: number }, string | null>("marks:last"),
}
