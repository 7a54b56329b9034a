/**
 * Team members by phase: what a caller puts who knows phases, not directories. `ingest` writes the same
 * rows by team; a member who left is ended, not deleted.
 */
import { v } from "convex/values"
import { readQuery, writeMutation } from "./access.ts"
import { ownOrchestration } from "./ownership.ts"
import { rowsPerCall } from "./rows/batch.ts"
import { present, sameFields } from "./rows/fields.ts"
import { findMemberOfPhase } from "./rows/members.ts"
import schema from "./schema.ts"

const mostMembers = 1000

/**
 * Writes a member of a phase ("0" for the orchestration's own team) and answers its id. Fields that are
 * not given keep their value; a member who had ended is back.
 */
export const upsertTeamMember = writeMutation({
  args: schema.tables.teamMembers.validator.omit("nodeId", "teamId", "endedAt").fields,
  returns: v.id("teamMembers"),
  handler: async (ctx, args) => {
    const { orchestrationId, phaseNumber, agentName } = args
    const { nodeId } = await ownOrchestration(ctx, orchestrationId)
    const row = await findMemberOfPhase(ctx.db, orchestrationId, phaseNumber, agentName)
    if (row === null) return ctx.db.insert("teamMembers", { nodeId, ...args })
    const { _id, _creationTime, endedAt: _end, ...kept } = row
    const wanted = present({ ...kept, ...args })
    if (!sameFields(row, wanted)) await ctx.db.replace(_id, wanted)
    return _id
  },
})

/** Ends every member of the phase who is not in the list; answers how many that were. */
export const prunePhaseMembers = writeMutation({
  args: {
    orchestrationId: v.id("orchestrations"),
    phaseNumber: v.string(),
    activeAgentNames: v.array(v.string()),
  },
  returns: v.object({ ended: v.number() }),
  handler: async (ctx, { orchestrationId, phaseNumber, activeAgentNames }) => {
    await ownOrchestration(ctx, orchestrationId)
    const members = await ctx.db
      .query("teamMembers")
      .withIndex("by_orchestration_phase_agent", (q) =>
        q.eq("orchestrationId", orchestrationId).eq("phaseNumber", phaseNumber),
      )
      .take(mostMembers)
    const active = new Set(activeAgentNames)
    const gone = members.filter((row) => row.endedAt === undefined && !active.has(row.agentName))
    const endedAt = new Date().toISOString()
    for (const row of gone.slice(0, rowsPerCall)) await ctx.db.patch(row._id, { endedAt })
    return { ended: Math.min(gone.length, rowsPerCall) }
  },
})

/** The members of an orchestration, those who left included: at most 1000. */
export const listTeamMembers = readQuery({
  args: { orchestrationId: v.id("orchestrations") },
  returns: v.array(schema.doc("teamMembers")),
  handler: async (ctx, { orchestrationId }) => {
    await ownOrchestration(ctx, orchestrationId)
    return ctx.db
      .query("teamMembers")
      .withIndex("by_orchestration_phase_agent", (q) => q.eq("orchestrationId", orchestrationId))
      .take(mostMembers)
  },
})
