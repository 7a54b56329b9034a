/** Who may call what, and what a refused caller learns. */
import { describe, expect, test } from "bun:test"
import { api, internal } from "../../../src/convex/_generated/api.js"
import type { Document } from "../../../src/convex/documents.ts"
import { adoption, orchestration, task } from "../../support/documents.ts"
import { issueToken, type OpenPeer, refusalOf } from "../convex-peer.ts"
import { openNodeSession } from "./node-session.ts"

export function describeAccess(open: OpenPeer): void {
  describe("access", () => {
    test("an unknown, a missing and a revoked token are unauthenticated", async () => {
      await using peer = await open()
      const { token, tokenId } = await peer.admin.mutation(internal.tokens.issue, {
        role: "viewer",
      })
      expect(await peer.query(api.nodes.listNodes, { token })).toEqual([])
      await peer.admin.mutation(internal.tokens.revoke, { tokenId })
      const refusal = { code: "unauthenticated" }
      for (const wrong of [token, "", "tina_unknown", "x".repeat(5000)]) {
        expect(await refusalOf(peer.query(api.nodes.listNodes, { token: wrong }))).toMatchObject(
          refusal,
        )
      }
      const without: { token: string } = JSON.parse("{}")
      expect(await refusalOf(peer.query(api.nodes.listNodes, without))).toMatchObject(refusal)
    })

    test("a viewer reads and does not write; an operator does not speak for a node", async () => {
      await using session = await openNodeSession(open)
      const { peer, nodeId, operator } = session
      await session.apply(orchestration())
      const token = await issueToken(peer, "viewer")
      const listed = await peer.query(api.orchestrations.listOrchestrations, { token })
      expect(listed).toMatchObject([{ featureName: "auth", nodeName: "laptop" }])
      const orchestrationId = await session.idOf(orchestration().key)
      const forbidden = { code: "forbidden" }
      const deletion = peer.mutation(api.orchestrations.deleteOrchestration, {
        token,
        orchestrationId,
      })
      expect(await refusalOf(deletion)).toMatchObject(forbidden)
      const batch = { token: operator, nodeId, documents: [] }
      expect(await refusalOf(peer.mutation(api.ingest.applyBatch, batch))).toMatchObject(forbidden)
    })

    test("a node writes and reads only its own rows", async () => {
      await using session = await openNodeSession(open)
      const { peer, nodeId } = session
      await session.apply(orchestration())
      const orchestrationId = await session.idOf(orchestration().key)
      const token = await issueToken(peer, "node", "other")
      await peer.mutation(api.nodes.registerNode, { token, name: "other", os: "linux" })
      const calls = [
        () => peer.mutation(api.ingest.applyBatch, { token, nodeId, documents: [task()] }),
        () => peer.mutation(api.nodes.heartbeat, { token, nodeId }),
        () =>
          peer.mutation(api.phases.upsertPhase, {
            token,
            orchestrationId,
            phaseNumber: "1",
            status: "planning",
          }),
        () => peer.query(api.teams.registry, { token, nodeId }),
        () => peer.query(api.orchestrations.getOrchestrationDetail, { token, orchestrationId }),
        () => peer.query(api.tasks.getCurrentTasks, { token, orchestrationId }),
      ]
      for (const call of calls) expect(await refusalOf(call())).toMatchObject({ code: "forbidden" })
      expect(await peer.query(api.orchestrations.listOrchestrations, { token })).toEqual([])
      expect(await peer.query(api.teams.listAllTeams, { token })).toEqual([])
      expect(
        await peer.query(api.orchestrations.getByFeature, { token, featureName: "auth" }),
      ).toBeNull()
    })

    test("a given token is stored by its hash, and lists show neither", async () => {
      await using peer = await open()
      const token = "a-token-of-my-own-choice"
      const issued = await peer.admin.mutation(internal.tokens.issue, { role: "node", token })
      expect(issued.token).toBe(token)
      const again = await peer.admin.mutation(internal.tokens.issue, { role: "node", token })
      expect(again.tokenId).toBe(issued.tokenId)
      const listed = JSON.stringify(await peer.admin.query(internal.tokens.list, {}))
      expect(listed).toContain(issued.tokenId)
      expect(listed).not.toMatch(/hash|a-token-of-my-own-choice/)
      const short = peer.admin.mutation(internal.tokens.issue, { role: "node", token: "short" })
      expect(await refusalOf(short)).toMatchObject({ code: "invalid" })
    })

    test("a batch is refused whole when a document is malformed", async () => {
      await using session = await openNodeSession(open)
      const malformed: Document = JSON.parse('{ "kind": "phase", "phaseNumber": 1 }')
      const batch = session.apply(adoption("session-abc"), malformed)
      const applied = await batch.then(
        () => true,
        () => false,
      )
      expect(applied).toBe(false)
      const { token, peer } = session
      expect(await peer.query(api.orchestrations.listOrchestrations, { token })).toEqual([])
    })
  })
}
