import { describe, expect, test } from "bun:test"
import type { OrchestrationDocument, PhaseDocument } from "../../../src/model/document.ts"
import type { Change } from "../../../src/sync/diff.ts"
import type { Promised, Value } from "../../../src/sync/promise.ts"
import { transitionsOf } from "../../../src/sync/transitions.ts"

type PhaseStatus = PhaseDocument["status"]

const at = "2026-02-07T10:00:00.000Z"
const stamp = { recordedAt: at, newId: () => "event-1" }
const team = { orchestration: "worktree:/w/auth", phaseNumber: "2" }

const promised = (value: Value): Promised => ({
  value,
  ended: false,
  recordedAt: at,
  statusSince: at,
})

function phase(status: PhaseStatus, over: Partial<PhaseDocument> = {}): PhaseDocument {
  return { kind: "phase", orchestration: "worktree:/w/auth", phaseNumber: "1.5", status, ...over }
}

function put(after: Value, before?: Value): Change {
  return before === undefined
    ? { type: "put", key: "k", after }
    : { type: "put", key: "k", after, before: promised(before) }
}

function events(...changes: Change[]) {
  return transitionsOf(changes, stamp, () => team)
}

describe("transitionsOf()", () => {
  test.each<[PhaseStatus | undefined, PhaseStatus, string, string]>([
    [undefined, "planning", "phase_started", "Phase 1.5 planning started"],
    ["planning", "planned", "phase_completed", "Phase 1.5 planning completed"],
    ["planned", "executing", "phase_started", "Phase 1.5 execution started"],
    ["executing", "reviewing", "phase_completed", "Phase 1.5 execution completed"],
    ["reviewing", "complete", "phase_completed", "Phase 1.5 review passed"],
    ["reviewing", "planning", "retry", "Phase 1.5 review found gaps"],
    ["executing", "blocked", "error", "Phase 1.5 blocked: no reason given"],
    ["blocked", "executing", "retry", "Phase 1.5 resumed: executing"],
  ])("a phase that goes from %p to %p is %p", (from, to, eventType, summary) => {
    const [event] = events(put(phase(to), from && phase(from)))
    expect(event).toMatchObject({ kind: "event", eventType, summary, phaseNumber: "1.5" })
  })

  test("a phase whose status stays is no event, whatever else of it changes", () => {
    expect(events(put(phase("planned", { planPath: "b" }), phase("planned")))).toEqual([])
  })

  test("what a client needs of a transition is in its detail, as JSON", () => {
    const [blocked] = events(put(phase("blocked", { blockedReason: "tests fail" })))
    expect(JSON.parse(blocked?.detail ?? "")).toEqual({ reason: "tests fail" })
    const [done] = events(put(phase("complete", { gitRange: "a..b" }), phase("reviewing")))
    expect(JSON.parse(done?.detail ?? "")).toEqual({ git_range: "a..b" })
  })

  test("an orchestration is told once, when it is complete", () => {
    const orchestration = (status: OrchestrationDocument["status"]): OrchestrationDocument => ({
      kind: "orchestration",
      key: "worktree:/w/auth",
      origin: "supervisor",
      featureName: "auth",
      totalPhases: 1,
      currentPhase: 1,
      status,
      startedAt: at,
    })
    const done = put(orchestration("complete"), orchestration("reviewing"))
    expect(events(done).map(({ summary }) => summary)).toEqual(["auth: all phases complete"])
    expect(events(put(orchestration("reviewing"), orchestration("executing")))).toEqual([])
  })

  test("a member that is gone has shut down, in the phase of its team", () => {
    const member = { kind: "member" as const, team: "t", agentName: "impl-1", agentType: "worker" }
    const [event] = events({ type: "end", key: "k", before: promised(member) })
    expect(event).toMatchObject({ eventType: "agent_shutdown", phaseNumber: "2" })
    expect(JSON.parse(event?.detail ?? "")).toEqual({
      agent_name: "impl-1",
      agent_type: "worker",
      shutdown_detected_at: at,
    })
  })

  test("members of a team that is gone itself are no events of their own", () => {
    const member = { kind: "member" as const, team: "t", agentName: "impl-1" }
    const gone: Change = { type: "end", key: "k", before: promised(member) }
    expect(transitionsOf([gone], stamp, () => undefined)).toEqual([])
  })
})
