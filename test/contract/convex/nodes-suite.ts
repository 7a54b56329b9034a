/** Registration, signs of life and who is online. */
import { describe, expect, test } from "bun:test"
import { api } from "../../../src/convex/_generated/api.js"
import { hashToken } from "../../../src/convex/access.ts"
import { issueToken, type OpenPeer, refusalOf } from "../convex-peer.ts"
import { openNodeSession } from "./node-session.ts"

export function describeNodes(open: OpenPeer): void {
  describe("nodes", () => {
    test("registering again finds the node by name and token, and renews what it says", async () => {
      await using session = await openNodeSession(open)
      const { peer, token, nodeId } = session
      const again = { token, name: "laptop", os: "macos", version: "0.2.0" }
      expect(await peer.mutation(api.nodes.registerNode, again)).toBe(nodeId)
      const [node] = await peer.query(api.nodes.listNodes, { token })
      expect(node).toMatchObject({ _id: nodeId, os: "macos", version: "0.2.0" })
      const other = await issueToken(peer, "node")
      const otherId = await peer.mutation(api.nodes.registerNode, { ...again, token: other })
      expect(otherId).not.toBe(nodeId)
    })

    test("the hash that older callers send must be that of the token", async () => {
      await using session = await openNodeSession(open)
      const { peer, token, nodeId } = session
      const node = { token, name: "laptop", os: "linux" }
      const right = { ...node, authTokenHash: hashToken(token) }
      expect(await peer.mutation(api.nodes.registerNode, right)).toBe(nodeId)
      const wrong = peer.mutation(api.nodes.registerNode, { ...node, authTokenHash: "abc123" })
      expect(await refusalOf(wrong)).toMatchObject({ code: "invalid" })
      const unnamed = peer.mutation(api.nodes.registerNode, { ...node, name: " " })
      expect(await refusalOf(unnamed)).toMatchObject({ code: "invalid" })
    })

    test("a node is offline after a minute of silence and after a clean stop", async () => {
      await using session = await openNodeSession(open)
      const { peer, token, nodeId } = session
      const statusAt = async (now: number) =>
        (await peer.query(api.nodes.listNodes, { token, now }))[0]?.status
      const [node] = await peer.query(api.nodes.listNodes, { token })
      const last = node?.lastHeartbeat ?? 0
      expect(await statusAt(last + 60_000)).toBe("online")
      expect(await statusAt(last + 60_001)).toBe("offline")
      await peer.mutation(api.nodes.setOffline, { token, nodeId })
      expect(await statusAt(last)).toBe("offline")
      await peer.mutation(api.nodes.heartbeat, { token, nodeId })
      expect(await statusAt(last)).toBe("online")
    })

    test("a push counts as a heartbeat", async () => {
      await using session = await openNodeSession(open)
      const { peer, token, nodeId } = session
      await peer.mutation(api.nodes.setOffline, { token, nodeId })
      await session.apply()
      expect((await peer.query(api.nodes.listNodes, { token }))[0]?.status).toBe("online")
    })

    test("a report replaces the one before, and is seen by its own node and by people", async () => {
      await using session = await openNodeSession(open)
      const { peer, token, nodeId, operator } = session
      const problem = { source: "/a", code: "malformed", message: "cannot read /a", since: "2026" }
      const unlinked = [{ dir: "session-1", reason: "nobody knows it", hint: "link it" }]
      const report = { token, nodeId, problems: [problem], unlinked, unlinkedCount: 1 }
      await peer.mutation(api.nodes.report, { ...report, problemCount: 7 })
      await peer.mutation(api.nodes.report, { ...report, problemCount: 1 })
      const seen = await peer.query(api.nodes.listReports, { token: operator })
      expect(seen).toHaveLength(1)
      expect(seen[0]).toMatchObject({ nodeId, problems: [problem], problemCount: 1, unlinked })
      expect(await peer.query(api.nodes.listReports, { token })).toHaveLength(1)

      const other = await issueToken(peer, "node")
      const foreign = peer.mutation(api.nodes.report, { ...report, problemCount: 0, token: other })
      expect(await refusalOf(foreign)).toMatchObject({ code: "forbidden" })
      expect(await peer.query(api.nodes.listReports, { token: other })).toEqual([])
    })

    test("a report that is too long is refused whole", async () => {
      await using session = await openNodeSession(open)
      const { peer, token, nodeId, operator } = session
      const nothing = { token, nodeId, problemCount: 0, unlinkedCount: 0, problems: [] }
      const team = { dir: "d", reason: "r" }
      for (const unlinked of [
        Array.from({ length: 51 }, () => team),
        [{ ...team, reason: "r".repeat(1001) }],
      ]) {
        const sent = peer.mutation(api.nodes.report, { ...nothing, unlinked })
        expect(await refusalOf(sent)).toMatchObject({ code: "invalid" })
      }
      expect(await peer.query(api.nodes.listReports, { token: operator })).toEqual([])
    })

    test("a list never holds a hash", async () => {
      await using session = await openNodeSession(open)
      const { peer, token, operator } = session
      const nodes = await peer.query(api.nodes.listNodes, { token: operator })
      expect(nodes).toHaveLength(1)
      expect(JSON.stringify(nodes)).not.toContain(hashToken(token))
    })
  })
}
