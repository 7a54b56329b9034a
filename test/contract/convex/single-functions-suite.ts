/** The functions that write or read one record at a time, beside `ingest`. */
import { describe, expect, test } from "bun:test"
import { api } from "../../../src/convex/_generated/api.js"
import type { Id } from "../../../src/convex/_generated/dataModel.js"
import {
  event,
  orchestration,
  phase,
  supervisorState,
  task,
  team,
} from "../../support/documents.ts"
import { type OpenPeer, refusalOf } from "../convex-peer.ts"
import { type NodeSession, openNodeSession } from "./node-session.ts"

const run = {
  featureName: "auth",
  designDocPath: "/docs/design.md",
  branch: "tina/auth",
  totalPhases: 3,
  currentPhase: 1,
  status: "planning" as const,
  startedAt: "2026-02-08T10:00:00.000Z",
}

function upsert(
  { peer, token, nodeId }: NodeSession,
  fields: { worktreePath?: string } & Partial<typeof run> = {},
) {
  return peer.mutation(api.orchestrations.upsertOrchestration, { token, nodeId, ...run, ...fields })
}

export function describeSingleFunctions(open: OpenPeer): void {
  describe("orchestrations and phases", () => {
    test("an orchestration is found by its worktree, or by its feature where there is none", async () => {
      await using session = await openNodeSession(open)
      const { peer, token } = session
      const bare = await upsert(session)
      expect(await upsert(session, { currentPhase: 2 })).toBe(bare)
      const first = await upsert(session, { worktreePath: "/a" })
      const second = await upsert(session, {
        worktreePath: "/b",
        startedAt: "2026-03-01T10:00:00.000Z",
      })
      expect(new Set([bare, first, second]).size).toBe(3)
      const args = { token, featureName: "auth" }
      const newest = await peer.query(api.orchestrations.getByFeature, args)
      expect(newest).toMatchObject({ _id: second, specDocPath: "/docs/design.md" })
      expect(await peer.query(api.orchestrations.listByFeature, args)).toHaveLength(3)
      const other = { token, featureName: "auth-v2" }
      expect(await peer.query(api.orchestrations.getByFeature, other)).toBeNull()
    })

    test("orchestrations are listed newest first with the name of their node", async () => {
      await using session = await openNodeSession(open)
      const { peer, token, nodeId } = session
      await upsert(session, { featureName: "older" })
      await upsert(session, { featureName: "newer", startedAt: "2026-03-01T10:00:00.000Z" })
      for (const args of [{ token }, { token: session.operator }, { token, nodeId }]) {
        const listed = await peer.query(api.orchestrations.listOrchestrations, args)
        expect(listed.map((each) => [each.featureName, each.nodeName])).toEqual([
          ["newer", "laptop"],
          ["older", "laptop"],
        ])
      }
    })

    test("a phase keeps what an upsert leaves out", async () => {
      await using session = await openNodeSession(open)
      const { peer, token } = session
      const which = { token, orchestrationId: await upsert(session), phaseNumber: "1.5" }
      const first = { ...which, status: "planned" as const, planPath: "/plan.md", planningMins: 3 }
      const phaseId = await peer.mutation(api.phases.upsertPhase, first)
      const again = { ...which, status: "executing" as const, executionMins: 0 }
      expect(await peer.mutation(api.phases.upsertPhase, again)).toBe(phaseId)
      expect(await peer.query(api.phases.getPhaseStatus, which)).toMatchObject({
        status: "executing",
        planPath: "/plan.md",
        planningMins: 3,
        executionMins: 0,
      })
      const missing = { ...which, phaseNumber: "2" }
      expect(await peer.query(api.phases.getPhaseStatus, missing)).toBeNull()
    })

    test("deleting an orchestration deletes all of its rows, step by step", async () => {
      await using session = await openNodeSession(open)
      const { peer, token, operator } = session
      await session.apply(orchestration(), phase(), team(), event(), supervisorState())
      const tasks = Array.from({ length: 300 }, (_, n) =>
        task({ taskId: String(n), eventId: `event-${n}` }),
      )
      await session.apply(...tasks)
      const args = { token: operator, orchestrationId: await session.idOf(orchestration().key) }
      const erase = () => peer.mutation(api.orchestrations.deleteOrchestration, args)
      expect(await erase()).toMatchObject({ done: false, deleted: false })
      expect(await erase()).toMatchObject({ done: true, deleted: true })
      expect(await erase()).toMatchObject({ done: true, deleted: false })
      expect(await peer.query(api.orchestrations.getOrchestrationDetail, args)).toBeNull()
      expect(await peer.query(api.teams.listAllTeams, { token })).toEqual([])
      expect(await session.apply(orchestration())).toEqual(["applied"])
      expect(await session.detailOf(orchestration().key)).toMatchObject({ phases: [], tasks: [] })
    })
  })

  describe("members, tasks and events", () => {
    test("a member keeps what an upsert leaves out, and is ended when the phase is pruned", async () => {
      await using session = await openNodeSession(open)
      const { peer, token } = session
      const orchestrationId = await upsert(session)
      const lead = {
        token,
        orchestrationId,
        phaseNumber: "1",
        agentName: "lead",
        recordedAt: "2026-02-08T10:00:00.000Z",
      }
      const id = await peer.mutation(api.teamMembers.upsertTeamMember, {
        ...lead,
        tmuxPaneId: "%42",
      })
      const again = { ...lead, model: "opus" }
      expect(await peer.mutation(api.teamMembers.upsertTeamMember, again)).toBe(id)
      await peer.mutation(api.teamMembers.upsertTeamMember, { ...lead, agentName: "tester" })
      const pruned = await peer.mutation(api.teamMembers.prunePhaseMembers, {
        token,
        orchestrationId,
        phaseNumber: "1",
        activeAgentNames: ["lead"],
      })
      expect(pruned).toEqual({ ended: 1 })
      const members = await peer.query(api.teamMembers.listTeamMembers, { token, orchestrationId })
      expect(members).toMatchObject([{ tmuxPaneId: "%42", model: "opus" }, { agentName: "tester" }])
      expect(members.map((each) => typeof each.endedAt)).toEqual(["undefined", "string"])
    })

    test("tasks of two phases with equal ids are two tasks, and the latest event of each counts", async () => {
      await using session = await openNodeSession(open)
      const { peer, token } = session
      const orchestrationId = await upsert(session)
      const record = (fields: {
        phaseNumber?: string
        status: "pending" | "completed"
        recordedAt: string
      }) =>
        peer.mutation(api.tasks.recordTaskEvent, {
          token,
          orchestrationId,
          taskId: "1",
          subject: "write the parser",
          ...fields,
        })
      await record({ status: "completed", recordedAt: "2026-02-08T10:00:02.000Z" })
      await record({ status: "pending", recordedAt: "2026-02-08T10:00:01.000Z" })
      await record({ status: "pending", phaseNumber: "1", recordedAt: "2026-02-08T10:00:03.000Z" })
      const tasks = await peer.query(api.tasks.getCurrentTasks, { token, orchestrationId })
      expect(tasks.map((each) => [each.phaseNumber, each.status])).toEqual([
        [undefined, "completed"],
        ["1", "pending"],
      ])
      const events = await peer.query(api.tasks.listTaskEvents, {
        token,
        orchestrationId,
        taskId: "1",
      })
      expect(events.map((each) => each.status)).toEqual(["completed", "pending", "pending"])
    })

    test("an event id is recorded once", async () => {
      await using session = await openNodeSession(open)
      const { peer, token } = session
      const orchestrationId = await upsert(session)
      const { kind: _kind, orchestration: _key, ...fields } = event()
      const record = () =>
        peer.mutation(api.events.recordEvent, { token, orchestrationId, ...fields })
      expect(typeof (await record())).toBe("string")
      expect(await record()).toBeNull()
    })

    test("events are listed newest first in pages, of one type if asked", async () => {
      await using session = await openNodeSession(open)
      const { peer, token } = session
      await session.apply(
        orchestration(),
        ...[1, 2, 3, 4].map((n) =>
          event({
            eventId: `event-${n}`,
            eventType: n % 2 === 0 ? "retry" : "info",
            recordedAt: `2026-11-01T10:00:0${n}.000Z`,
          }),
        ),
      )
      const orchestrationId = await session.idOf(orchestration().key)
      const page = async (numItems: number, cursor: string | null, more: object = {}) =>
        peer.query(api.events.listEvents, {
          token,
          orchestrationId,
          paginationOpts: { numItems, cursor },
          ...more,
        })
      const first = await page(3, null)
      expect(first.page.map((each) => each.eventId)).toEqual(["event-4", "event-3", "event-2"])
      const second = await page(3, first.continueCursor)
      expect(second.page.map((each) => each.eventId)).toEqual(["event-1"])
      const retries = await page(9, null, { eventType: "retry", since: "2026-11-01T10:00:02.000Z" })
      expect(retries.page.map((each) => each.eventId)).toEqual(["event-4"])
    })
  })

  describe("supervisor states and projects", () => {
    test("a state is found by feature, and exactly by worktree", async () => {
      await using session = await openNodeSession(open)
      const { peer, token, nodeId } = session
      const which = { token, nodeId, featureName: "auth" }
      const put = (stateJson: string, worktreePath: string) =>
        peer.mutation(api.supervisorStates.upsertSupervisorState, {
          ...which,
          worktreePath,
          stateJson,
          updatedAt: 1,
        })
      expect(await refusalOf(put("{}", "/a"))).toMatchObject({ code: "not_found" })
      await upsert(session, { worktreePath: "/a" })
      await upsert(session, { worktreePath: "/b", startedAt: "2026-03-01T10:00:00.000Z" })
      await put('{"of":"a"}', "/a")
      await put('{"of":"b"}', "/b")
      const get = (more: { worktreePath?: string }) =>
        peer.query(api.supervisorStates.getSupervisorState, { ...which, ...more })
      expect(await get({})).toMatchObject({ stateJson: '{"of":"b"}' })
      expect(await get({ worktreePath: "/a" })).toMatchObject({ stateJson: '{"of":"a"}' })
      expect(await get({ worktreePath: "/c" })).toBeNull()
    })

    test("a project is found by path, lists its runs and is deleted with them", async () => {
      await using session = await openNodeSession(open)
      const { peer, token, operator, nodeId } = session
      const project = { name: "app", repoPath: "/repo" }
      const find = () => peer.mutation(api.projects.findOrCreateByRepoPath, { token, ...project })
      const projectId: Id<"projects"> = await find()
      expect(await find()).toBe(projectId)
      const twice = peer.mutation(api.projects.createProject, { token: operator, ...project })
      expect(await refusalOf(twice)).toMatchObject({ code: "conflict" })
      const started = { token, nodeId, projectId, ...run }
      await peer.mutation(api.orchestrations.upsertOrchestration, started)
      expect(await peer.query(api.orchestrations.listByProject, { token, projectId })).toHaveLength(
        1,
      )
      const counted = { orchestrationCount: 1, latestFeature: "auth", latestStatus: "planning" }
      expect(await peer.query(api.projects.listProjects, { token })).toMatchObject([counted])
      const erase = () => peer.mutation(api.projects.deleteProject, { token: operator, projectId })
      expect(await erase()).toMatchObject({ done: true, deleted: true, deletedOrchestrations: 1 })
      expect(await erase()).toMatchObject({ done: true, deleted: false })
      expect(await peer.query(api.orchestrations.listOrchestrations, { token })).toEqual([])
    })
  })
}
