/** To which orchestration a team belongs: registrations, sightings, and teams that change hands. */
import { describe, expect, test } from "bun:test"
import { api } from "../../../src/convex/_generated/api.js"
import type { Id } from "../../../src/convex/_generated/dataModel.js"
import { adoption, event, member, orchestration, task, team } from "../../support/documents.ts"
import { issueToken, type OpenPeer, refusalOf } from "../convex-peer.ts"
import { type NodeSession, openNodeSession, readDetail, readHistory } from "./node-session.ts"

const { key } = orchestration()
const { dir, leadSessionId } = team()
const adopted = team({ orchestration: `team:${dir}`, linkedBy: "adopted" })

interface Names {
  readonly teamName?: string
  readonly leadSessionId?: string
  readonly localDirName?: string
  readonly phaseNumber?: string
  readonly parentTeamId?: Id<"teams">
}

async function register(session: NodeSession, of: string, names: Names = {}) {
  const { peer, token } = session
  return peer.mutation(api.teams.registerTeam, {
    token,
    orchestrationId: await session.idOf(of),
    teamName: "auth-orchestration",
    leadSessionId: "pending",
    createdAt: 1_790_000_000_000,
    ...names,
  })
}

export function describeLinking(open: OpenPeer): void {
  describe("linking", () => {
    test("the registry lists registered teams and running orchestrations of the node", async () => {
      await using session = await openNodeSession(open)
      const { peer, token, nodeId } = session
      const other = orchestration({ key: "feature:old", featureName: "old" })
      const end = { kind: "end" as const, of: { kind: "orchestration" as const, key: other.key } }
      await session.apply(orchestration(), other, { ...end, endedAt: "2026-11-01T12:00:00.000Z" })
      await session.apply(team({ dir: "session-seen", leadSessionId: "seen" }))
      await register(session, key, { localDirName: dir, phaseNumber: "1" })
      const registry = await peer.query(api.teams.registry, { token, nodeId })
      expect(registry.orchestrations).toMatchObject([{ key, featureName: "auth" }])
      expect(registry.teams).toEqual([
        {
          teamName: "auth-orchestration",
          localDirName: dir,
          leadSessionId: "pending",
          phaseNumber: "1",
          orchestrationId: await session.idOf(key),
          orchestrationKey: key,
          orchestrationStatus: "executing",
        },
      ])
    })

    test("a registered team is taken over by the first sighting with its lead session", async () => {
      await using session = await openNodeSession(open)
      await session.apply(orchestration())
      const teamId = await register(session, key, { leadSessionId })
      await session.apply(team({ linkedBy: "registry" }))
      const { teams } = await session.detailOf(key)
      expect(teams).toMatchObject([
        { _id: teamId, localDirName: dir, teamName: "auth-orchestration" },
      ])
    })

    test("an adoption does not undo a registration", async () => {
      await using session = await openNodeSession(open)
      await session.apply(orchestration(), adoption(dir))
      await register(session, key, { localDirName: dir })
      expect(await session.apply(adopted, task())).toEqual(["applied", "applied"])
      const detail = await session.detailOf(key)
      expect(detail.teams).toMatchObject([{ localDirName: dir, linkedBy: "registry" }])
      expect(detail.tasks).toHaveLength(1)
      const failure = await session.idOf(`team:${dir}`).catch((error: unknown) => String(error))
      expect(failure).toContain("no orchestration has the key")
    })

    test("an adopted team that is linked later moves with all of its rows and its history", async () => {
      await using session = await openNodeSession(open)
      await session.apply(orchestration(), adoption(dir), adopted, member(), task())
      await session.apply(event({ orchestration: `team:${dir}`, eventType: "agent_shutdown" }))
      const adoptedId = await session.idOf(`team:${dir}`)
      expect(await session.apply(team({ phaseNumber: "1.5" }))).toEqual(["applied"])
      const detail = await session.detailOf(key)
      expect(detail.phaseTasks).toMatchObject({ "1.5": [{ taskId: "1" }] })
      expect(detail.teamMembers).toMatchObject([{ phaseNumber: "1.5" }])
      expect(await readHistory(session, detail._id)).toMatchObject([{ phaseNumber: "1.5" }])
      const { peer, token } = session
      const args = {
        token,
        orchestrationId: detail._id,
        paginationOpts: { numItems: 9, cursor: null },
      }
      const events = await peer.query(api.events.listEvents, args)
      expect(events.page).toMatchObject([{ eventType: "agent_shutdown" }])
      const gone = { token, orchestrationId: adoptedId }
      expect(await peer.query(api.orchestrations.getOrchestrationDetail, gone)).toBeNull()
    })

    test("a large team moves in steps, and says `again` until it is there", async () => {
      await using session = await openNodeSession(open)
      await session.apply(orchestration(), adoption(dir), adopted)
      const tasks = Array.from({ length: 400 }, (_, n) =>
        task({ taskId: String(n), eventId: `event-${n}` }),
      )
      await session.apply(...tasks)
      expect(await session.apply(team())).toEqual(["again"])
      expect(await session.apply(team())).toEqual(["applied"])
      expect(await session.apply(team())).toEqual(["unchanged"])
      const detail = await session.detailOf(key)
      expect(detail.tasks).toHaveLength(400)
      expect(await readHistory(session, detail._id)).toHaveLength(400)
    })

    test("a team that leaves a supervised orchestration leaves it in place", async () => {
      await using session = await openNodeSession(open)
      const second = orchestration({ key: "feature:second", featureName: "second" })
      await session.apply(orchestration(), second, team(), task())
      expect(await session.apply(team({ orchestration: second.key }))).toEqual(["applied"])
      expect((await session.detailOf(key)).tasks).toEqual([])
      expect((await session.detailOf(second.key)).tasks).toHaveLength(1)
    })

    test("a registration of an adopted directory moves the team at once", async () => {
      await using session = await openNodeSession(open)
      await session.apply(orchestration(), adoption(dir), adopted, task())
      const waiting = await register(session, key, { phaseNumber: "1" })
      const child = await register(session, key, { teamName: "child", parentTeamId: waiting })
      const teamId = await register(session, key, { localDirName: dir, phaseNumber: "1" })
      const detail = await session.detailOf(key)
      expect(detail.teams).toHaveLength(2)
      expect(detail.teams.find((each) => each._id === child)?.parentTeamId).toBe(teamId)
      expect(detail.phaseTasks).toMatchObject({ "1": [{ taskId: "1" }] })
      expect(await session.apply(team({ phaseNumber: "1", linkedBy: "registry" }))).toEqual([
        "applied",
      ])
    })

    test("registering again renews; another orchestration's name is a conflict", async () => {
      await using session = await openNodeSession(open)
      const second = orchestration({ key: "feature:second", featureName: "second" })
      await session.apply(orchestration(), second)
      const teamId = await register(session, key)
      expect(await register(session, key, { leadSessionId: "session-2" })).toBe(teamId)
      const { peer, token } = session
      const row = await peer.query(api.teams.getByTeamName, {
        token,
        teamName: "auth-orchestration",
      })
      expect(row).toMatchObject({ _id: teamId, leadSessionId: "session-2" })
      expect(await refusalOf(register(session, second.key))).toEqual({
        code: "conflict",
        message: 'Team "auth-orchestration" already registered to a different orchestration',
      })
      const blank = register(session, key, { localDirName: "  " })
      expect(await refusalOf(blank)).toEqual({
        code: "invalid",
        message: "localDirName must be non-empty",
      })
    })

    test("another node may use the same team name", async () => {
      await using session = await openNodeSession(open)
      const { peer, operator } = session
      await session.apply(orchestration())
      const teamId = await register(session, key)
      const token = await issueToken(peer, "node", "desk")
      const nodeId = await peer.mutation(api.nodes.registerNode, {
        token,
        name: "desk",
        os: "linux",
      })
      await peer.mutation(api.ingest.applyBatch, { token, nodeId, documents: [orchestration()] })
      const { orchestrations } = await peer.query(api.teams.registry, { token, nodeId })
      const orchestrationId = orchestrations[0]?.id
      if (orchestrationId === undefined) throw new Error("the orchestration is missing")
      const other = await peer.mutation(api.teams.registerTeam, {
        token,
        orchestrationId,
        teamName: "auth-orchestration",
        leadSessionId: "pending",
        createdAt: 1,
      })
      expect(other).not.toBe(teamId)
      const all = await readDetail(peer, operator, orchestrationId)
      expect(all.teams).toHaveLength(1)
    })

    test("active teams are those of orchestrations that are not complete, blocked ones included", async () => {
      await using session = await openNodeSession(open)
      const { peer, token } = session
      const runs = (["executing", "blocked", "complete"] as const).map((status) =>
        orchestration({ key: `feature:${status}`, featureName: status, status }),
      )
      await session.apply(...runs)
      for (const { key: of, status } of runs) await register(session, of, { teamName: status })
      const active = await peer.query(api.teams.listActiveTeams, { token })
      expect(
        active.map((each) => `${each.teamName} is ${each.orchestrationStatus}`).sort(),
      ).toEqual(["blocked is blocked", "executing is executing"])
    })

    test("the hierarchy of teams is flat and linked by parent", async () => {
      await using session = await openNodeSession(open)
      const { peer, token } = session
      await session.apply(orchestration())
      const parentTeamId = await register(session, key)
      for (const phaseNumber of ["1", "2"]) {
        await register(session, key, {
          teamName: `phase-${phaseNumber}`,
          phaseNumber,
          parentTeamId,
        })
      }
      const orchestrationId = await session.idOf(key)
      const teams = await peer.query(api.admin.getTeamHierarchy, { token, orchestrationId })
      expect(teams.map((each) => each.parentTeamId)).toEqual([
        undefined,
        parentTeamId,
        parentTeamId,
      ])
      const children = await peer.query(api.teams.listByParent, { token, parentTeamId })
      expect(children.map((each) => each.phaseNumber)).toEqual(["1", "2"])
      expect(await peer.query(api.teams.listAllTeams, { token })).toHaveLength(3)
    })
  })
}
