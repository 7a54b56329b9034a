/** The phases of an orchestration, one row per phase number ("1", "1.5"). */
import { v } from "convex/values"
import { readQuery, writeMutation } from "./access.ts"
import { ownOrchestration } from "./ownership.ts"
import { findPhase, putPhase } from "./rows/phases.ts"
import schema from "./schema.ts"

/** Writes the status; of the other fields those that are given, and keeps the rest. */
export const upsertPhase = writeMutation({
  args: schema.tables.phases.validator.fields,
  returns: v.id("phases"),
  handler: async (ctx, args) => {
    await ownOrchestration(ctx, args.orchestrationId)
    const row = await findPhase(ctx.db, args.orchestrationId, args.phaseNumber)
    if (row === null) return (await putPhase(ctx.db, args)).id
    const { _id, _creationTime, ...kept } = row
    return (await putPhase(ctx.db, { ...kept, ...args })).id
  },
})

export const getPhaseStatus = readQuery({
  args: { orchestrationId: v.id("orchestrations"), phaseNumber: v.string() },
  returns: v.union(schema.doc("phases"), v.null()),
  handler: async (ctx, { orchestrationId, phaseNumber }) => {
    await ownOrchestration(ctx, orchestrationId)
    return findPhase(ctx.db, orchestrationId, phaseNumber)
  },
})
