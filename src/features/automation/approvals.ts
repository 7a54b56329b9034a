/** What waits for an approval, and what becomes of it: done as it was shown, not done, or too late for either. */
import { z } from "zod"
import type { ApprovalView } from "../../api/automation-methods.ts"
import { resolvesWithin } from "../../base/clock.ts"
import { TinaError } from "../../base/errors.ts"
import type { RuleAction, RuleEvent } from "../../model/rule.ts"
import type { RuleRun } from "../../store/rule-runs.ts"
import type { AutomationDeps } from "./deps.ts"
import type { Engine } from "./engine.ts"
import { shownAction } from "./views.ts"

export interface Approvals {
  waiting(): ApprovalView[]
  /** What came of it, or `approved` while it is done. TinaError `not_found` if it does not wait, or not any more. */
  approve(id: number): Promise<RuleRun>
  deny(id: number): RuleRun
  /** Calls off what waited too long. */
  expire(): void
}

const answerWithinMs = 5_000

/** Written by `engine.ts`, in our own store. */
const pendingSchema = z.object({
  action: z.custom<RuleAction>((value) => value instanceof Object),
  event: z.custom<RuleEvent>((value) => value instanceof Object),
})

export function createApprovals(
  engine: Engine,
  { store, clock, bus, ran, stopping }: AutomationDeps,
): Approvals {
  const runs = store.ruleRuns

  function expire(): void {
    for (const { id, ruleId, expiresAt = 0 } of runs.waiting()) {
      if (expiresAt > clock.now() || !runs.decide(id, { status: "expired" })) continue
      bus.publish("rule.executed", { ruleId, status: "expired" })
    }
  }

  /** It, if it waits still. */
  function find(id: number): RuleRun {
    expire()
    const run = runs.get(id)
    if (run?.status === "awaiting_approval") return run
    throw new TinaError("not_found", `cannot decide about ${id}: nothing of that number waits`, {
      hint: "tina-daemon rules approvals",
    })
  }

  function after(run: RuleRun): RuleRun {
    return runs.get(run.id) ?? run
  }

  return {
    waiting() {
      expire()
      return runs.waiting().map(toView)
    },
    async approve(id) {
      const run = find(id)
      const { action, event } = readPending(run)
      // Decided before it is done: of two who approve it, one runs it, and a crash leaves nothing to approve again.
      runs.decide(id, { status: "approved" })
      const done = Promise.withResolvers<void>()
      engine.execute({ ruleId: run.ruleId, event, action, depth: run.depth }, (performed) => {
        runs.settle(id, performed)
        ran(performed.status)
        bus.publish("rule.executed", { ruleId: run.ruleId, status: performed.status })
        done.resolve()
      })
      // What takes longer goes on, and shows in the history when it is done.
      await resolvesWithin(done.promise, { ms: answerWithinMs, clock, signal: stopping })
      return after(run)
    },
    deny(id) {
      const run = find(id)
      runs.decide(id, { status: "denied" })
      bus.publish("rule.executed", { ruleId: run.ruleId, status: "denied" })
      return after(run)
    },
    expire,
  }
}

function readPending({ pending = "{}" }: RuleRun) {
  return pendingSchema.parse(JSON.parse(pending))
}

function toView(run: RuleRun): ApprovalView {
  const { id, ruleId, eventType, at, expiresAt = at } = run
  return {
    id,
    ruleId,
    eventType,
    action: shownAction(readPending(run).action),
    since: new Date(at).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  }
}
