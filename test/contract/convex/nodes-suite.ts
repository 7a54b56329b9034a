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

    test("a list never holds a hash", async () => {
      await using session = await openNodeSession(open)
      const { peer, token, operator } = session
      const nodes = await peer.query(api.nodes.listNodes, { token: operator })
      expect(nodes).toHaveLength(1)
      expect(JSON.stringify(nodes)).not.toContain(hashToken(token))
    })
  })
}
