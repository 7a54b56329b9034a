/** What the operator's page reads: bounded, without texts in lists, and only what the caller may see. */
import { describe, expect, test } from "bun:test"
import { api } from "../../../src/convex/_generated/api.js"
import { modelPolicyDefaults, reviewPolicyDefaults } from "../../../src/model/policies.ts"
import {
  adoption,
  member,
  orchestration,
  phase,
  supervisorState,
  task,
  team,
} from "../../support/documents.ts"
import { issueToken, type OpenPeer } from "../convex-peer.ts"
import { openNodeSession } from "./node-session.ts"

const key = orchestration().key

export function describeBoard(open: OpenPeer): void {
  describe("the board", () => {
    test("a token learns the role that it has", async () => {
      await using session = await openNodeSession(open)
      const { peer, operator } = session
      const viewer = await issueToken(peer, "viewer", "wall")
      expect(await peer.query(api.board.whoAmI, { token: operator })).toMatchObject({
        role: "operator",
      })
      expect(await peer.query(api.board.whoAmI, { token: viewer })).toEqual({
        role: "viewer",
        label: "wall",
      })
    })

    test("what is under way is listed with its phases, what is complete or ended is not", async () => {
      await using session = await openNodeSession(open)
      const { peer, operator: token } = session
      await session.apply(
        orchestration(),
        phase({ status: "blocked", blockedReason: "tests fail" }),
        orchestration({ key: "worktree:/done", featureName: "done", status: "complete" }),
        adoption("gone"),
        { kind: "end", of: { kind: "orchestration", key: "team:gone" }, endedAt: "2026-11-02" },
      )
      const rows = await peer.query(api.board.active, { token })
      expect(rows).toHaveLength(1)
      expect(rows[0]).toMatchObject({ featureName: "auth", nodeName: "laptop", pausedReason: null })
      expect(rows[0]?.phases).toMatchObject([{ phaseNumber: "1", blockedReason: "tests fail" }])
      const paginationOpts = { numItems: 10, cursor: null }
      const history = await peer.query(api.board.history, { token, paginationOpts })
      expect(history.page.map(({ featureName }) => featureName).sort()).toEqual([
        "auth",
        "done",
        "gone",
      ])
    })

    test("a paused orchestration says why, whatever else its state file holds", async () => {
      await using session = await openNodeSession(open)
      const { peer, operator: token } = session
      const reasonFor = async (stateJson: string) => {
        await session.apply(
          orchestration({ status: "blocked" }),
          supervisorState({ stateJson, updatedAt: stateJson.length }),
        )
        return (await peer.query(api.board.active, { token }))[0]?.pausedReason
      }
      expect(await reasonFor('{"paused":{"reason":"lunch"}}')).toBe("lunch")
      expect(await reasonFor('{"paused":{"reason":[1,2]}}')).toBe("paused")
      expect(await reasonFor('{"paused":null}')).toBeNull()
      expect(await reasonFor("not JSON at all, but longer than the others")).toBeNull()
    })

    test("policies are shown whole, whatever the state file has of them", async () => {
      await using session = await openNodeSession(open)
      const { peer, operator: token } = session
      await session.apply(orchestration())
      const [row] = await peer.query(api.board.active, { token })
      if (row === undefined) throw new Error("it is under way")
      const orchestrationId = row._id
      const policies = () => peer.query(api.board.policies, { token, orchestrationId })
      expect(await policies()).toBeNull()
      const written = { executor: "haiku", planner: 3, $odd: "x", ünknown: true }
      const stateJson = JSON.stringify({ model_policy: written, review_policy: "none" })
      await session.apply(supervisorState({ stateJson }))
      const shown = await policies()
      expect(shown?.model_policy).toEqual({ ...modelPolicyDefaults, executor: "haiku" })
      expect(shown?.review_policy).toEqual({ ...reviewPolicyDefaults })
    })

    test("a task has the number that its plan gives it", async () => {
      await using session = await openNodeSession(open)
      const { peer, operator: token } = session
      const numbered = (taskId: string, metadata: string) =>
        task({ taskId, eventId: taskId, metadata })
      await session.apply(
        orchestration(),
        team(),
        numbered("1", '{"task_number":4}'),
        numbered("2", '{"task_number":"4"}'),
        numbered("3", "["),
      )
      const [listed] = await peer.query(api.teams.listActiveTeams, { token })
      if (listed === undefined) throw new Error("the team is there")
      const tasks = await peer.query(api.board.teamTasks, { token, teamId: listed._id })
      expect(tasks.map(({ taskNumber }) => taskNumber)).toEqual([4, undefined, undefined])
    })

    test("progress counts work: no deleted tasks and no trackers of teammates", async () => {
      await using session = await openNodeSession(open)
      const { peer, operator: token } = session
      await session.apply(
        orchestration(),
        team(),
        task({ taskId: "1", eventId: "e1", status: "completed" }),
        task({ taskId: "2", eventId: "e2", status: "in_progress" }),
        task({ taskId: "3", eventId: "e3", status: "deleted" }),
        task({
          taskId: "4",
          eventId: "e4",
          internal: true,
          recordedAt: "2026-11-01T11:00:00.000Z",
        }),
        task({ taskId: "5", eventId: "e5" }),
      )
      const orchestrationId = await session.idOf(key)
      expect(await peer.query(api.board.orchestrationProgress, { token, orchestrationId })).toEqual(
        {
          pending: 1,
          inProgress: 1,
          completed: 1,
          changedAt: "2026-11-01T11:00:00.000Z",
          isPartial: false,
        },
      )
    })

    test("a list of tasks carries no texts; one task carries them with its history", async () => {
      await using session = await openNodeSession(open)
      const { peer, operator: token } = session
      const text = "a description ".repeat(1000)
      await session.apply(
        orchestration(),
        team(),
        member(),
        task({ eventId: "e1", description: text }),
        task({ eventId: "e2", description: text, status: "in_progress", owner: "team-lead" }),
      )
      const detail = await peer.query(api.board.orchestration, {
        token,
        orchestrationId: await session.idOf(key),
      })
      expect(detail?.members).toMatchObject([{ agentName: "team-lead" }])
      const teamId = detail?.teams[0]?._id
      if (teamId === undefined) throw new Error("the team is not there")
      const tasks = await peer.query(api.board.teamTasks, { token, teamId })
      expect(JSON.stringify(tasks)).not.toContain("a description")
      const one = await peer.query(api.board.task, { token, taskId: tasks[0]?._id ?? "" })
      expect(one?.description).toBe(text)
      expect(one?.history.map(({ status }) => status)).toEqual(["in_progress", "pending"])
    })

    test("search finds names of orchestrations, teams, tasks and members, whatever their case", async () => {
      await using session = await openNodeSession(open)
      const { peer, operator: token } = session
      await session.apply(
        orchestration({ featureName: "passkeys" }),
        team(),
        member({ agentName: "passkey-writer" }),
        task({ eventId: "e1", subject: "Store the Passkey" }),
        task({ taskId: "2", eventId: "e2", subject: "Unrelated" }),
        task({ taskId: "3", eventId: "e3", subject: "passkey tracker", internal: true }),
      )
      const hits = await peer.query(api.search.search, { token, text: " PASSKEY " })
      expect(hits.map(({ kind, title }) => [kind, title])).toEqual([
        ["orchestration", "passkeys"],
        ["task", "Store the Passkey"],
        ["member", "passkey-writer"],
      ])
      const { teamName } = team()
      const teams = await peer.query(api.search.search, { token, text: teamName.toUpperCase() })
      expect(teams.map(({ kind, title }) => [kind, title])).toContainEqual(["team", teamName])
      expect(await peer.query(api.search.search, { token, text: "  " })).toEqual([])
      const stranger = await issueToken(peer, "node", "stranger")
      expect(await peer.query(api.search.search, { token: stranger, text: "passkey" })).toEqual([])

      const pages: string[][] = []
      let cursor: string | null = null
      for (let isDone = false; !isDone && pages.length < 9;) {
        const paginationOpts: { numItems: number; cursor: string | null } = { numItems: 1, cursor }
        const args = { token, text: "passkey", paginationOpts }
        const page = await peer.query(api.search.searchTasks, args)
        pages.push(page.page.map(({ title }) => title))
        cursor = page.continueCursor
        isDone = page.isDone
      }
      expect(pages.flat()).toEqual(["Store the Passkey"])
    })

    test("the tasks of a team are in the order of their numbers", async () => {
      await using session = await openNodeSession(open)
      const { peer, operator: token } = session
      const ids = ["10", "x", "2", "1"]
      const tasks = ids.map((taskId) => task({ taskId, eventId: `e${taskId}` }))
      await session.apply(orchestration(), team(), ...tasks)
      const orchestrationId = await session.idOf(key)
      const detail = await peer.query(api.board.orchestration, { token, orchestrationId })
      const teamId = detail?.teams[0]?._id
      if (teamId === undefined) throw new Error("the team is not there")
      const listed = await peer.query(api.board.teamTasks, { token, teamId })
      expect(listed.map(({ taskId }) => taskId)).toEqual(["1", "2", "10", "x"])
    })

    test("an id from an old link answers null, and another node's rows are not shown", async () => {
      await using session = await openNodeSession(open)
      const { peer, operator } = session
      await session.apply(orchestration())
      const gone = { token: operator, orchestrationId: "not-an-id" }
      expect(await peer.query(api.board.orchestration, gone)).toBeNull()
      expect(await peer.query(api.board.task, { token: operator, taskId: "x" })).toBeNull()
      const stranger = await issueToken(peer, "node", "stranger")
      expect(await peer.query(api.board.active, { token: stranger })).toEqual([])
    })
  })
}
