/** What the deployment does by itself, where it runs crons: leases of lost daemons, and retention. */
import { cronJobs } from "convex/server"
import { internal } from "./_generated/api"

const crons = cronJobs()

crons.interval("expire the leases of actions", { minutes: 1 }, internal.actions.expireLeases, {})
crons.daily("forget what is old", { hourUTC: 3, minuteUTC: 0 }, internal.retention.sweep, {})

export default crons
