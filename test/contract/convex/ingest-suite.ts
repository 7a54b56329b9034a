/** How documents become rows. */
import { describe, expect, test } from "bun:test"
import { api } from "../../../src/convex/_generated/api.js"
import {
  event,
  member,
  orchestration,
  phase,
  supervisorState,
  task,
  team,
} from "../../support/documents.ts"
import { issueToken, type OpenPeer } from "../convex-peer.ts"
import { openNodeSession, readHistory } from "./node-session.ts"

const { key } = orchestration()
const everything = [
  orchestration(),
  phase(),
  team(),
  member(),
  task({ blockedBy: ["2", "3"], metadata: '{"priority":1}' }),
  event(),
  supervisorState(),
]

export function describeIngest(open: OpenPeer): void {
  describe("ingest", () => {
    test("every kind of document becomes its row, and says so", async () => {
      await using session = await openNodeSession(open)
      expect(await session.apply(...everything)).toEqual(everything.map(() => "applied"))
      const detail = await session.detailOf(key)
      expect(detail).toMatchObject({ featureName: "auth", nodeName: "laptop", status: "executing" })
      expect(detail.phases).toMatchObject([{ phaseNumber: "1", status: "executing" }])
      expect(detail.teams).toMatchObject([{ localDirName: "session-abc", linkedBy: "sidecar" }])
      expect(detail.teamMembers).toMatchObject([{ agentName: "team-lead", phaseNumber: "0" }])
      expect(detail.tasks).toMatchObject([{ blockedBy: '["2","3"]', metadata: '{"priority":1}' }])
      expect(detail.tasks[0]).not.toHaveProperty("blocks")
    })

    test("applied again, a batch changes nothing and says so", async () => {
      await using session = await openNodeSession(open)
      await session.apply(...everything)
      const before = await session.detailOf(key)
      expect(await session.apply(...everything)).toEqual(everything.map(() => "unchanged"))
      expect(await session.detailOf(key)).toEqual(before)
    })

    test("what names a missing orchestration or team is an orphan and leaves no row", async () => {
      await using session = await openNodeSession(open)
      const orphans = [phase(), team(), event(), supervisorState(), member(), task()]
      expect(await session.apply(...orphans)).toEqual(orphans.map(() => "orphan"))
      const ends = await session.apply(
        { kind: "end", of: { kind: "team", dir: "gone" }, endedAt: "2026-11-01T11:00:00.000Z" },
        { kind: "end", of: { kind: "orchestration", key }, endedAt: "2026-11-01T11:00:00.000Z" },
      )
      expect(ends).toEqual(["unchanged", "unchanged"])
    })

    test("a document replaces its row whole: what it leaves out is gone", async () => {
      await using session = await openNodeSession(open)
      await session.apply(orchestration(), phase({ planPath: "/plan.md", planningMins: 4 }))
      expect(await session.apply(phase({ status: "complete" }))).toEqual(["applied"])
      const [row] = (await session.detailOf(key)).phases
      expect(row).toMatchObject({ status: "complete" })
      expect(row).not.toHaveProperty("planPath")
    })

    test("each transition is kept once and in order, and the last one is the current state", async () => {
      await using session = await openNodeSession(open)
      const steps = [
        task({ eventId: "e1", recordedAt: "2026-11-01T10:00:01.000Z" }),
        task({ eventId: "e2", status: "in_progress", recordedAt: "2026-11-01T10:00:02.000Z" }),
        task({
          eventId: "e3",
          status: "in_progress",
          owner: "ada",
          recordedAt: "2026-11-01T10:00:03.000Z",
        }),
      ]
      await session.apply(orchestration(), team(), ...steps)
      await session.apply(...steps)
      const history = await readHistory(session, await session.idOf(key))
      expect(history.map((each) => each.eventId)).toEqual(["e1", "e2", "e3"])
      expect((await session.detailOf(key)).tasks).toMatchObject([
        {
          owner: "ada",
          statusSince: "2026-11-01T10:00:02.000Z",
          updatedAt: "2026-11-01T10:00:03.000Z",
        },
      ])
    })

    test("a transition that repeats the current state is not history", async () => {
      await using session = await openNodeSession(open)
      await session.apply(orchestration(), team(), task({ eventId: "e1" }))
      const repeated = task({ eventId: "r1", recordedAt: "2026-11-02T10:00:00.000Z" })
      const later = task({ eventId: "e2", status: "completed" })
      expect(await session.apply(repeated, later)).toEqual(["unchanged", "applied"])
      expect(await session.apply(repeated, later)).toEqual(["unchanged", "unchanged"])
      const history = await readHistory(session, await session.idOf(key))
      expect(history.map((each) => each.eventId)).toEqual(["e1", "e2"])
      expect((await session.detailOf(key)).tasks).toMatchObject([{ status: "completed" }])
    })

    test("tasks of two teams with equal ids are two tasks", async () => {
      await using session = await openNodeSession(open)
      await session.apply(
        orchestration(),
        team(),
        team({ dir: "session-two", teamName: "two", leadSessionId: "two", phaseNumber: "1" }),
        task({ eventId: "e1", subject: "of the orchestration" }),
        task({ eventId: "e2", subject: "of phase 1", team: "session-two" }),
      )
      const detail = await session.detailOf(key)
      expect(detail.orchestratorTasks).toMatchObject([{ subject: "of the orchestration" }])
      expect(detail.phaseTasks).toMatchObject({ "1": [{ subject: "of phase 1" }] })
      expect(detail.tasks).toHaveLength(2)
    })

    test("a phase that is no number does not hide the orchestration", async () => {
      await using session = await openNodeSession(open)
      for (const phaseNumber of ["", "_next", "$1", "__proto__", "zwölf"]) {
        const documents = [orchestration(), team({ phaseNumber }), task({ eventId: phaseNumber })]
        await session.apply(...documents)
        const detail = await session.detailOf(key)
        expect(detail.phaseTasks).toEqual({})
        expect(detail.tasks).toMatchObject([{ phaseNumber }])
      }
    })

    test("an end keeps the row and its first time; what is put again has not ended", async () => {
      await using session = await openNodeSession(open)
      await session.apply(...everything)
      const endedAt = "2026-11-01T12:00:00.000Z"
      const ends = (at: string) => [
        {
          kind: "end" as const,
          of: { kind: "task" as const, team: team().dir, taskId: "1" },
          endedAt: at,
        },
        { kind: "end" as const, of: { kind: "team" as const, dir: team().dir }, endedAt: at },
      ]
      expect(await session.apply(...ends(endedAt))).toEqual(["applied", "applied"])
      expect(await session.apply(...ends("2026-11-01T13:00:00.000Z"))).toEqual([
        "unchanged",
        "unchanged",
      ])
      const ended = await session.detailOf(key)
      for (const row of [...ended.tasks, ...ended.teams, ...ended.teamMembers]) {
        expect(row.endedAt).toBe(endedAt)
      }
      expect(await session.apply(team(), member())).toEqual(["applied", "applied"])
      const back = await session.detailOf(key)
      for (const row of [...back.teams, ...back.teamMembers])
        expect(row).not.toHaveProperty("endedAt")
    })

    test("a task that comes back after its end is a transition, even if it looks the same", async () => {
      await using session = await openNodeSession(open)
      const end = {
        kind: "end" as const,
        of: { kind: "task" as const, team: team().dir, taskId: "1" },
        endedAt: "2026-11-01T12:00:00.000Z",
      }
      await session.apply(orchestration(), team(), task({ eventId: "e1" }), end)
      expect(await session.apply(task({ eventId: "e2" }))).toEqual(["applied"])
      expect((await session.detailOf(key)).tasks[0]).not.toHaveProperty("endedAt")
      expect(await readHistory(session, await session.idOf(key))).toHaveLength(2)
    })

    test("a member who comes back unchanged keeps the time of the last news", async () => {
      await using session = await openNodeSession(open)
      const end = {
        kind: "end" as const,
        of: { kind: "member" as const, team: team().dir, agentName: member().agentName },
        endedAt: "2026-11-01T12:00:00.000Z",
      }
      const later = member({ recordedAt: "2026-11-01T15:00:00.000Z" })
      await session.apply(orchestration(), team(), member(), end)
      expect(await session.apply(later)).toEqual(["applied"])
      const [row] = (await session.detailOf(key)).teamMembers
      expect(row).toMatchObject({ recordedAt: member().recordedAt })
      expect(row).not.toHaveProperty("endedAt")
    })

    test("two looks at the same member are one row, and a later look alone is no change", async () => {
      await using session = await openNodeSession(open)
      await session.apply(orchestration(), team(), member())
      const later = "2026-11-01T15:00:00.000Z"
      expect(await session.apply(member({ recordedAt: later }))).toEqual(["unchanged"])
      expect(await session.apply(member({ recordedAt: later, model: "haiku" }))).toEqual([
        "applied",
      ])
      const { teamMembers } = await session.detailOf(key)
      expect(teamMembers).toMatchObject([{ model: "haiku", recordedAt: later }])
    })

    test("the same key on two nodes is two orchestrations", async () => {
      await using session = await openNodeSession(open)
      const { peer, operator } = session
      await session.apply(orchestration())
      const token = await issueToken(peer, "node", "desk")
      const nodeId = await peer.mutation(api.nodes.registerNode, {
        token,
        name: "desk",
        os: "linux",
      })
      await peer.mutation(api.ingest.applyBatch, { token, nodeId, documents: [orchestration()] })
      const found = await peer.query(api.orchestrations.listByFeature, {
        token: operator,
        featureName: "auth",
      })
      expect(found.map((each) => each.nodeName).sort()).toEqual(["desk", "laptop"])
    })
  })
}
