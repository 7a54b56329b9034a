/** Functions that misbehave. */
import { v } from "convex/values"
import { mutation, query } from "./server.ts"

/** Never ends, with a write that must not survive. */
export const loop = mutation({
  args: {},
  handler: async (ctx) => {
    await ctx.db.insert("counters", { name: "loop", value: 1 })
    for (;;) if (Math.random() > 2) return null
  },
})

export const waitForever = mutation({
  args: {},
  handler: async (ctx) => {
    await ctx.db.insert("counters", { name: "waiting", value: 1 })
    await new Promise(() => undefined)
  },
})

export const clock = query({
  args: { salt: v.number() },
  handler: async (ctx) => {
    const before = Date.now()
    const until = performance.now() + 5
    while (performance.now() < until);
    await ctx.db.query("counters").first()
    return [before, Date.now(), new Date().getTime()]
  },
})

export const usesTimer = query({
  args: {},
  handler: () => {
    setTimeout(() => undefined, 1)
    return null
  },
})

export const usesFetch = query({
  args: {},
  handler: async () => {
    await fetch("http://127.0.0.1:1/")
    return null
  },
})

export const logs = mutation({
  args: {},
  handler: () => {
    console.log("hello", { answer: 42 })
    console.warn("careful")
    return null
  },
})
