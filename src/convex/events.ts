/** What happened in an orchestration, appended once and listed newest first. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server"
import { v } from "convex/values"
import { readQuery, writeMutation } from "./access.ts"
import { ownOrchestration } from "./ownership.ts"
import { hasEvent } from "./rows/events.ts"
import schema from "./schema.ts"

/** Appends an event and answers its id, or null when its `eventId` was recorded before. */
export const recordEvent = writeMutation({
  args: schema.tables.orchestrationEvents.validator.omit("nodeId").fields,
  returns: v.union(v.id("orchestrationEvents"), v.null()),
  handler: async (ctx, args) => {
    const { nodeId } = await ownOrchestration(ctx, args.orchestrationId)
    const { eventId } = args
    if (eventId !== undefined && (await hasEvent(ctx.db, nodeId, eventId))) return null
    return ctx.db.insert("orchestrationEvents", { nodeId, ...args })
  },
})

/** The events of an orchestration, newest first, in pages; of one type and later than `since` if given. */
export const listEvents = readQuery({
  args: {
    orchestrationId: v.id("orchestrations"),
    eventType: v.optional(v.string()),
    since: v.optional(v.string()),
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(schema.doc("orchestrationEvents")),
  handler: async (ctx, { orchestrationId, eventType, since = "", paginationOpts }) => {
    await ownOrchestration(ctx, orchestrationId)
    const events = ctx.db.query("orchestrationEvents")
    const found =
      eventType === undefined
        ? events.withIndex("by_orchestration_recorded", (q) =>
            q.eq("orchestrationId", orchestrationId).gt("recordedAt", since),
          )
        : events.withIndex("by_orchestration_type_recorded", (q) =>
            q
              .eq("orchestrationId", orchestrationId)
              .eq("eventType", eventType)
              .gt("recordedAt", since),
          )
    return found.order("desc").paginate(paginationOpts)
  },
})
