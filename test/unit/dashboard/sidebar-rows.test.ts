import { expect, test } from "bun:test"
import { eventRowsOf, type OrchestrationEvent } from "../../../src/dashboard/view/event-rows.ts"
import { needsOf } from "../../../src/dashboard/view/needs.ts"
import type { Node, NodeReport } from "../../../src/dashboard/view/rows.ts"
import { type SidebarContent, sidebarRowsOf } from "../../../src/dashboard/view/sidebar-rows.ts"
import { at, boardOrchestration, boardProgress, idOf, start } from "../../support/board.ts"

const minute = 60_000
const blocked = boardOrchestration({ _id: idOf("b"), featureName: "billing", status: "blocked" })
const running = boardOrchestration({ _id: idOf("r"), featureName: "auth" })

function node(name: string, lastHeartbeat: number): Node {
  const registered = { _creationTime: start, os: "linux", registeredAt: start }
  return { _id: idOf(name), name, status: "online", lastHeartbeat, ...registered }
}

function content(fields: Partial<SidebarContent> = {}): SidebarContent {
  const orchestrations = [running, blocked]
  const progressById = new Map([["r", boardProgress({ completed: 3, inProgress: 1, pending: 5 })]])
  const needs = needsOf({ orchestrations, progressById, now: start })
  const none = { finished: [], nodes: [], reports: [], closed: new Set<string>() }
  return { orchestrations, progressById, needs, now: start, ...none, ...fields }
}

function linesOf(fields: Partial<SidebarContent> = {}): string[] {
  return sidebarRowsOf(content(fields)).map(
    ({ title, count, aside }) => `${title} ${count ?? aside}`,
  )
}

test("what needs somebody is first, and not once more under what runs", () => {
  expect(linesOf()).toEqual([
    "Needs you 1",
    "billing blocked",
    "Running 1",
    "auth 3/9",
    "Done today 0",
    "Nodes 0",
  ])
})

test("a closed section keeps its count", () => {
  const lines = linesOf({ closed: new Set(["section:Needs you"]) })
  expect(lines.slice(0, 2)).toEqual(["Needs you 1", "Running 1"])
})

test("a machine with problems says so instead of online, one that is silent says how long", () => {
  const nodes = [node("well", start), node("ill", start), node("away", start - 5 * minute)]
  const report = (name: string): NodeReport => ({
    _id: idOf(`r${name}`),
    _creationTime: start,
    nodeId: idOf(name),
    problems: [],
    problemCount: 2,
    unlinked: [],
    unlinkedCount: 1,
    reportedAt: start,
  })
  const reports = [report("ill"), report("away")]
  const lines = linesOf({ nodes, reports, orchestrations: [], needs: [] })
  expect(lines.slice(-3)).toEqual(["well online", "ill 3 problems", "away 5m"])
})

test("done today is today's, by when it was completed or ended", () => {
  const { phases: _phases, pausedReason: _reason, ...row } = running
  // Noon where the test runs: "today" is the reader's.
  const now = new Date(2026, 10, 20, 12).getTime()
  const ago = (hours: number) => new Date(now - hours * 60 * minute).toISOString()
  const finished = [
    { ...row, _id: idOf<"orchestrations">("1"), featureName: "today", completedAt: ago(1) },
    { ...row, _id: idOf<"orchestrations">("2"), featureName: "ended", endedAt: ago(11) },
    { ...row, _id: idOf<"orchestrations">("3"), featureName: "old", completedAt: ago(13) },
  ]
  const lines = linesOf({ finished, orchestrations: [], needs: [], now })
  expect(lines.filter((line) => /^(today|ended|old)/.test(line))).toHaveLength(2)
})

test("a node that is silent is offline, although it was online when the deployment answered", () => {
  const nodes = [node("here", start), node("gone", start - 5 * minute)]
  expect(linesOf({ nodes }).slice(-2)).toEqual(["here online", "gone 5m"])
})

function event(id: string, eventType = "phase_started"): OrchestrationEvent {
  const ids = { _id: idOf<"orchestrationEvents">(id), _creationTime: start, eventType }
  const owners = { nodeId: idOf<"nodes">("n1"), orchestrationId: idOf<"orchestrations">("o1") }
  return { ...ids, ...owners, source: "test", summary: `event ${id}`, recordedAt: at(0) }
}

test("new events wait while somebody reads further down, and are counted", () => {
  const events = [event("3"), event("2"), event("1")]
  expect(eventRowsOf(events, undefined).rows.map(({ id }) => id)).toEqual(["3", "2", "1"])
  const held = eventRowsOf(events, "1")
  expect(held).toMatchObject({ hidden: 2, newest: "3" })
  expect(held.rows.map(({ id }) => id)).toEqual(["1"])
  expect(eventRowsOf(events, "forgotten").hidden).toBe(0)
})

test("the tone of an event is that of what happened", () => {
  const tones = ["error", "phase_completed", "retry", "phase_started", "agent_shutdown"].map(
    (type) => eventRowsOf([event("1", type)], undefined).rows[0]?.tone,
  )
  expect(tones).toEqual(["failed", "done", "waiting", "running", "ended"])
})
