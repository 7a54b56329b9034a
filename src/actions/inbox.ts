/**
 * The three durable queues of an action on its way through this machine, each keyed by the action's id.
 *
 *   inbox         ready: it is ours to carry out, nothing has run.  running: its command may have run.
 *                 done: it has.  dead: we died in between, and nothing runs it again.
 *   results       what the deployment has still to be told, also after a day offline
 *   observations  results that were told, whose effect the state of the orchestration has still to show
 */
import { z } from "zod"
import type { ActionId } from "../cloud/actions.ts"
import type { Queue, QueueDefinition } from "../store/jobs.ts"
import type { Store } from "../store/open.ts"

const inboundAction = z.object({
  id: z.custom<ActionId>((value) => typeof value === "string"),
  type: z.string(),
  /** JSON text, as the deployment has it. */
  payload: z.string(),
  /** Absent where the action is to make the orchestration. */
  orchestrationId: z.string().exactOptional(),
  /** Milliseconds since the epoch: the order within its orchestration. */
  createdAt: z.number(),
  requestedBy: z.string(),
  /** The number of our claim, once there is one. */
  fence: z.number().exactOptional(),
})

const actionResult = z.object({
  status: z.enum(["completed", "failed", "unknown"]),
  /** JSON text: what the deployment keeps and people read. */
  text: z.string(),
})

const report = z.object({ action: inboundAction, fence: z.number(), result: actionResult })

export type InboundAction = z.infer<typeof inboundAction>
export type ActionResult = z.infer<typeof actionResult>
/** The result of an action, with the claim under which it was carried out. */
export type Report = z.infer<typeof report>

const inboxQueue: QueueDefinition<InboundAction> = {
  name: "inbox",
  delivery: "at_most_once",
  payload: inboundAction,
}

const resultsQueue: QueueDefinition<Report> = {
  name: "results",
  delivery: "at_least_once",
  payload: report,
}

const observationsQueue: QueueDefinition<Report> = {
  name: "observations",
  delivery: "at_least_once",
  payload: report,
}

export interface ActionQueues {
  readonly inbox: Queue<InboundAction>
  readonly results: Queue<Report>
  readonly observations: Queue<Report>
}

export function createActionQueues(store: Pick<Store, "queue">): ActionQueues {
  return {
    inbox: store.queue(inboxQueue),
    results: store.queue(resultsQueue),
    observations: store.queue(observationsQueue),
  }
}

/** Actions of one lane are carried out one after the other; those that begin something share one. */
export function laneOf({ orchestrationId }: InboundAction): string {
  return orchestrationId ?? "beginnings"
}
