/** Reads for diagnosis: what a watcher asks to see whether everything is linked as it should be. */
import { v } from "convex/values"
import { readQuery } from "./access.ts"
import { ownOrchestration } from "./ownership.ts"
import { teamsOf } from "./rows/detail.ts"
import schema from "./schema.ts"

/** The teams of an orchestration as a flat list (at most 200); `parentTeamId` makes the tree. */
export const getTeamHierarchy = readQuery({
  args: { orchestrationId: v.id("orchestrations") },
  returns: v.array(schema.doc("teams")),
  handler: async (ctx, { orchestrationId }) => {
    await ownOrchestration(ctx, orchestrationId)
    return teamsOf(ctx.db, orchestrationId)
  },
})
