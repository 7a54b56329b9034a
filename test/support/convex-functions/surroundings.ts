/** What functions see of the deployment's environment variables. */
import { v } from "convex/values"
import { action, query } from "./server.ts"

/** A dynamic name, and one that stands in the source. */
export const variable = query({
  args: { name: v.string() },
  handler: (_ctx, { name }) => [process.env[name] ?? null, process.env["SHOWN"] ?? null],
})

export const variableInAction = action({
  args: { name: v.string() },
  handler: (_ctx, { name }) => process.env[name] ?? null,
})

export const names = query({ args: {}, handler: () => Object.keys(process.env) })
