/** What a sweep takes away when time has passed, and what it never does. */
import { describe, expect, test } from "bun:test"
import { api, internal } from "../../../src/convex/_generated/api.js"
import { orchestration, task, team } from "../../support/documents.ts"
import type { OpenPeer } from "../convex-peer.ts"
import { openNodeSession, readHistory } from "./node-session.ts"

const dayMs = 24 * 60 * 60_000

export function describeRetention(open: OpenPeer): void {
  describe("retention", () => {
    test("old transitions go, but for the one that shows how a living task is", async () => {
      await using session = await openNodeSession(open)
      const { peer, apply, idOf } = session
      await apply(
        orchestration(),
        team(),
        task({ eventId: "1", status: "pending" }),
        task({ eventId: "2", status: "in_progress", recordedAt: "2026-11-01T11:00:00.000Z" }),
        task({ taskId: "2", eventId: "3" }),
        { kind: "end", of: { kind: "task", team: team().dir, taskId: "2" }, endedAt: later },
      )
      const history = async () => {
        const events = await readHistory(session, await idOf(orchestration().key))
        return events.map(({ eventId = "" }) => eventId).toSorted((a, b) => (a < b ? -1 : 1))
      }
      const sweep = (days: number) =>
        peer.admin.mutation(internal.retention.sweep, { now: Date.now() + days * dayMs })
      const countsGo = { removed: 1, done: true }
      expect(await sweep(2)).toEqual(countsGo)
      expect(await sweep(89)).toEqual({ removed: 0, done: true })
      expect(await history()).toEqual(["1", "2", "3"])
      const before = await session.detailOf(orchestration().key)
      expect(await sweep(91)).toEqual({ removed: 2, done: true })
      expect(await history()).toEqual(["2"])
      expect(await session.detailOf(orchestration().key)).toEqual(before)
      expect(await sweep(91)).toEqual({ removed: 0, done: true })
    })

    test("progress is the same before its counts are forgotten, then, and when they are made anew", async () => {
      await using session = await openNodeSession(open)
      const { peer, operator: token, apply, idOf } = session
      await apply(orchestration(), team(), task({ eventId: "1" }))
      const orchestrationId = await idOf(orchestration().key)
      const progress = () => peer.query(api.board.orchestrationProgress, { token, orchestrationId })
      const first = await progress()
      expect(first).toMatchObject({ pending: 1, completed: 0 })
      const now = Date.now() + 2 * dayMs
      expect(await peer.admin.mutation(internal.retention.sweep, { now })).toMatchObject({
        removed: 1,
      })
      expect(await progress()).toEqual(first)
      await apply(task({ eventId: "2", status: "completed" }))
      expect(await progress()).toMatchObject({ pending: 0, completed: 1 })
    })

    test("a task goes on as before after its history was swept", async () => {
      await using session = await openNodeSession(open)
      const { peer, apply } = session
      await apply(orchestration(), team(), task({ eventId: "1" }))
      await peer.admin.mutation(internal.retention.sweep, { now: Date.now() + 91 * dayMs })
      const again = task({ eventId: "1" })
      expect(await apply(again)).toEqual(["unchanged"])
      expect(await apply(task({ eventId: "2", status: "completed" }))).toEqual(["applied"])
    })

    test("old events of an orchestration go, newer ones stay", async () => {
      await using session = await openNodeSession(open)
      const { peer, token, apply, idOf } = session
      await apply(orchestration())
      const orchestrationId = await idOf(orchestration().key)
      const event = { eventType: "note", source: "test", summary: "x", recordedAt: later }
      await peer.mutation(api.events.recordEvent, { token, orchestrationId, ...event })
      expect(await peer.admin.mutation(internal.retention.sweep, {})).toMatchObject({ removed: 0 })
      const now = Date.now() + 91 * dayMs
      expect(await peer.admin.mutation(internal.retention.sweep, { now })).toMatchObject({
        removed: 1,
      })
    })
  })
}

const later = "2026-11-01T12:00:00.000Z"
