/** Actions, and functions that run later. */
import { makeFunctionReference } from "convex/server"
import { v } from "convex/values"
import { action, internalAction, internalMutation, mutation, query } from "./server.ts"

const addReference = makeFunctionReference<"mutation", { name: string; amount: number }, number>(
  "counters:add",
)
const readReference = makeFunctionReference<"query", { name: string }, number>("counters:read")
const failReference = makeFunctionReference<"mutation", { name: string }, null>(
  "counters:addThenFail",
)
const twiceReference = makeFunctionReference<"action", { name: string }, number>("later:addTwice")
const relayReference = makeFunctionReference<"action", { name: string; url: string }, unknown>(
  "later:relay",
)
const hangReference = makeFunctionReference<"action", { name: string }, null>("later:hang")
const onceReference = makeFunctionReference<"mutation", { name: string }, null>("later:once")

export const addTwice = action({
  args: { name: v.string() },
  returns: v.number(),
  handler: async (ctx, { name }) => {
    await new Promise((resolve) => {
      setTimeout(resolve, 1)
    })
    await ctx.runMutation(addReference, { name, amount: 1 })
    await ctx.runMutation(addReference, { name, amount: 1 })
    return await ctx.runQuery(readReference, { name })
  },
})

/** Runs another action, and asks somebody over the network. */
export const relay = action({
  args: { name: v.string(), url: v.string() },
  handler: async (ctx, { name, url }) => {
    const added: number = await ctx.runAction(twiceReference, { name })
    return [added, await (await fetch(url)).text()]
  },
})

/** Writes, then fails: what its mutations did stays done. */
export const addThenFail = action({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    await ctx.runMutation(addReference, { name, amount: 1 })
    await ctx.runMutation(failReference, { name })
  },
})

export const addLater = mutation({
  args: { name: v.string(), ms: v.number(), fail: v.boolean() },
  handler: async (ctx, { name, ms, fail }) => {
    const id = await ctx.scheduler.runAfter(ms, addReference, { name, amount: 1 })
    if (fail) throw new Error("and so nothing is scheduled")
    return id
  },
})

export const actLater = mutation({
  args: { name: v.string() },
  handler: (ctx, { name }) => ctx.scheduler.runAfter(0, twiceReference, { name }),
})

export const relayLater = mutation({
  args: { name: v.string(), url: v.string() },
  handler: (ctx, args) => ctx.scheduler.runAfter(0, relayReference, args),
})

export const failLater = mutation({
  args: { name: v.string() },
  handler: (ctx, { name }) => ctx.scheduler.runAfter(0, failReference, { name }),
})

export const scheduleFromAction = action({
  args: { name: v.string() },
  handler: async (ctx, { name }): Promise<string> =>
    await ctx.scheduler.runAt(Date.now(), addReference, { name, amount: 5 }),
})

/** Adds, and then never ends. */
export const hang = internalAction({
  args: { name: v.string() },
  handler: async (ctx, args) => {
    await ctx.runMutation(addReference, { ...args, amount: 1 })
    await new Promise(() => undefined)
  },
})

export const secretAct = internalAction({ args: {}, handler: () => "secret" })

export const hangOften = mutation({
  args: { name: v.string(), times: v.number() },
  handler: async (ctx, { name, times }) => {
    for (let count = 0; count < times; count += 1) {
      await ctx.scheduler.runAfter(0, hangReference, { name })
    }
  },
})

export const addAt = mutation({
  args: { name: v.string(), at: v.number(), times: v.number() },
  handler: async (ctx, { name, at, times }) => {
    for (let count = 0; count < times; count += 1) {
      await ctx.scheduler.runAt(at, addReference, { name, amount: 1 })
    }
  },
})

/** The states of all jobs. */
export const states = query({
  args: {},
  handler: async (ctx) => {
    const jobs = await ctx.db.system.query("_scheduled_functions").collect()
    return jobs.map(({ state }) => state.kind)
  },
})

export const cancel = mutation({
  args: { id: v.id("_scheduled_functions") },
  handler: (ctx, { id }) => ctx.scheduler.cancel(id),
})

/** Takes so long that others go first, and then changes its mind. */
export const cancelThenFail = mutation({
  args: { id: v.id("_scheduled_functions"), forMs: v.number() },
  handler: async (ctx, { id, forMs }) => {
    await ctx.scheduler.cancel(id)
    const until = performance.now() + forMs
    while (performance.now() < until) await ctx.db.system.get(id)
    throw new Error("and so it stays")
  },
})

export const job = query({
  args: { id: v.id("_scheduled_functions") },
  handler: (ctx, { id }) => ctx.db.system.get(id),
})

/** Schedules itself again until it has run ten times. */
export const chain = mutation({
  args: { name: v.string() },
  handler: (ctx, { name }) => ctx.scheduler.runAfter(0, onceReference, { name }),
})

export const once = internalMutation({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    const value = await ctx.runMutation(addReference, { name, amount: 1 })
    if (value < 10) await ctx.scheduler.runAfter(0, onceReference, { name })
  },
})
