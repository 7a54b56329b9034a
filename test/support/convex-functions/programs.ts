/**
 * Programs: lists of database steps that arrive as data. Two deployments that run the same programs must
 * give the same results. Documents are named by their field `n`, because ids differ between deployments.
 */
import { makeFunctionReference } from "convex/server"
import { type Infer, type Value, v } from "convex/values"
import { type DataModel, mutation, query } from "./server.ts"
import type { GenericDatabaseReader, GenericMutationCtx, IndexRange } from "convex/server"

/** A value, or nothing for a field that is absent. */
const maybe = v.array(v.any())
type Maybe = Infer<typeof maybe>
const bound = v.object({ inclusive: v.boolean(), value: maybe })
const order = v.union(v.literal("asc"), v.literal("desc"))

const read = v.object({
  op: v.literal("read"),
  prefix: v.array(maybe),
  lower: v.optional(bound),
  upper: v.optional(bound),
  order,
  take: v.optional(v.number()),
  /** Keeps documents whose `a` equals, or does not equal, the value. */
  filter: v.optional(v.object({ equal: v.boolean(), value: maybe })),
})

const write = v.union(
  v.object({ op: v.literal("insert"), n: v.number(), fields: v.any() }),
  v.object({ op: v.literal("patch"), n: v.number(), fields: v.any(), drop: v.array(v.string()) }),
  v.object({ op: v.literal("replace"), n: v.number(), fields: v.any() }),
  v.object({ op: v.literal("delete"), n: v.number() }),
)

const simple = v.union(read, write)
const step = v.union(
  simple,
  v.object({ op: v.literal("nested"), steps: v.array(simple), fails: v.boolean() }),
)

export type Read = Infer<typeof read>
export type Step = Infer<typeof step>

const nestedReference = makeFunctionReference<
  "mutation",
  { steps: Step[]; fails: boolean },
  unknown[]
>("programs:run")

export const run = mutation({
  args: { steps: v.array(step), fails: v.boolean() },
  handler: async (ctx, { steps, fails }): Promise<unknown[]> => {
    const results: unknown[] = []
    for (const next of steps) results.push(await runStep(ctx, next))
    if (fails) throw new Error("told to fail")
    return results
  },
})

export const look = query({
  args: { read },
  handler: (ctx, { read: wanted }) => runRead(ctx.db, wanted),
})

export const page = query({
  args: { read, cursor: v.union(v.string(), v.null()), numItems: v.number() },
  handler: async (ctx, { read: wanted, ...options }) => {
    const result = await ranged(ctx.db, wanted).order(wanted.order).paginate(options)
    return { ...result, page: result.page.map(withoutSystemFields) }
  },
})

async function runStep(ctx: GenericMutationCtx<DataModel>, next: Step): Promise<unknown> {
  if (next.op === "read") return await runRead(ctx.db, next)
  if (next.op === "nested") return await runNested(ctx, next)
  if (next.op === "insert") {
    await ctx.db.insert("things", { ...next.fields, n: next.n })
    return "inserted"
  }
  const found = await ctx.db
    .query("things")
    .withIndex("by_n", (q) => q.eq("n", next.n))
    .first()
  if (found === null) return "none"
  if (next.op === "delete") await ctx.db.delete("things", found._id)
  else if (next.op === "replace") {
    await ctx.db.replace("things", found._id, { ...next.fields, n: next.n })
  } else {
    const dropped = Object.fromEntries(next.drop.map((field) => [field, undefined]))
    await ctx.db.patch("things", found._id, { ...next.fields, ...dropped })
  }
  const after = await ctx.db.get("things", found._id)
  return after === null ? "gone" : withoutSystemFields(after)
}

async function runNested(
  ctx: GenericMutationCtx<DataModel>,
  { steps, fails }: Step & { op: "nested" },
): Promise<unknown> {
  try {
    return await ctx.runMutation(nestedReference, { steps, fails })
  } catch {
    return "failed"
  }
}

async function runRead(db: GenericDatabaseReader<DataModel>, wanted: Read): Promise<unknown[]> {
  const ordered = ranged(db, wanted).order(wanted.order)
  const { filter } = wanted
  const filtered =
    filter === undefined
      ? ordered
      : ordered.filter((q) => {
          const [left, right] = [q.field("a"), valueOf(filter.value)]
          return filter.equal ? q.eq(left, right) : q.not(q.eq(left, right))
        })
  const rows = await (wanted.take === undefined ? filtered.collect() : filtered.take(wanted.take))
  return rows.map(withoutSystemFields)
}

const fields = ["a", "b.c"] as const

function ranged(db: GenericDatabaseReader<DataModel>, { prefix, lower, upper }: Read) {
  return db.query("things").withIndex("by_a_b", (q) => {
    let range: IndexRange = q
    for (const [index, value] of prefix.entries()) range = extend(range, "eq", index, value)
    const next = prefix.length
    if (lower !== undefined)
      range = extend(range, lower.inclusive ? "gte" : "gt", next, lower.value)
    if (upper !== undefined)
      range = extend(range, upper.inclusive ? "lte" : "lt", next, upper.value)
    return range
  })
}

/** The builder's type changes with each call; what is chained here is decided by data. */
function extend(range: IndexRange, method: string, field: number, value: Maybe): IndexRange {
  const call: (field: string | undefined, value: unknown) => IndexRange = Reflect.get(range, method)
  return call.call(range, fields[field], valueOf(value))
}

function valueOf(value: Maybe): Value | undefined {
  return value[0]
}

function withoutSystemFields(document: Record<string, unknown>): Record<string, unknown> {
  const { _id, _creationTime, ...rest } = document
  return rest
}
