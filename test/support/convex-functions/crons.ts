/** A cron job that counts its own runs. */
import { cronJobs, makeFunctionReference } from "convex/server"

const add = makeFunctionReference<"mutation", { name: string; amount: number }, number>(
  "counters:add",
)

export const crons = cronJobs()
crons.interval("count", { seconds: 1 }, add, { name: "cron", amount: 1 })
