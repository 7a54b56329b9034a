/** Actions from the request to the last receipt: who holds one, and what a lost lease means. */
import { describe, expect, test } from "bun:test"
import { api, internal } from "../../../src/convex/_generated/api.js"
import type { Id } from "../../../src/convex/_generated/dataModel.js"
import type { ActionType } from "../../../src/convex/actionTypes.ts"
import { orchestration } from "../../support/documents.ts"
import { eventually } from "../../support/eventually.ts"
import { issueToken, type OpenPeer, refusalOf } from "../convex-peer.ts"
import { openNodeSession } from "./node-session.ts"

type ActionId = Id<"inboundActions">

const approval = { feature: "auth", phase: "1" }
const late = Date.now() + 24 * 60 * 60_000

/** What an operator and a daemon do with the actions of one orchestration. */
async function openDesk(open: OpenPeer) {
  const session = await openNodeSession(open)
  await session.apply(orchestration())
  const orchestrationId = await session.idOf(orchestration().key)
  const { peer, token, operator, nodeId } = session
  const on = { token }
  return {
    ...session,
    orchestrationId,
    submit: (
      type: ActionType = "approve_plan",
      payload: object = approval,
      idempotencyKey?: string,
    ) =>
      peer.mutation(api.actions.submitAction, {
        token: operator,
        nodeId,
        orchestrationId,
        type,
        payload: JSON.stringify(payload),
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      }),
    claim: (actionId: ActionId, claimer: string, leaseMs = 60_000) =>
      peer.mutation(api.actions.claimAction, { ...on, actionId, claimer, leaseMs }),
    start: (actionId: ActionId, fence: number) =>
      peer.mutation(api.actions.startAction, { ...on, actionId, fence }),
    renew: (actionId: ActionId, fence: number) =>
      peer.mutation(api.actions.renewClaim, { ...on, actionId, fence }),
    complete: (actionId: ActionId, fence: number, more: object = {}) =>
      peer.mutation(api.actions.completeAction, {
        ...on,
        actionId,
        fence,
        result: '{"success":true}',
        success: true,
        ...more,
      }),
    expire: () => peer.admin.mutation(internal.actions.expireLeases, { now: late }),
    pending: () => peer.query(api.actions.pendingActions, { ...on, nodeId }),
    receipt: async (actionId: ActionId) => {
      const [receipt] = await peer.query(api.actions.actionReceipts, { ...on, actionId })
      if (receipt === undefined) throw new Error("the action has no receipt")
      return receipt
    },
  }
}

export function describeActions(open: OpenPeer): void {
  describe("actions", () => {
    test("each step of an action is in its receipt, in order", async () => {
      await using desk = await openDesk(open)
      const { peer, token, nodeId, orchestrationId } = desk
      const actionId = await desk.submit()
      await peer.mutation(api.actions.deliverActions, { token, nodeId, actionIds: [actionId] })
      expect(await desk.claim(actionId, "a")).toMatchObject({ success: true, fence: 1 })
      expect(await desk.start(actionId, 1)).toEqual({ success: true })
      await desk.complete(actionId, 1)
      const observation = { token, actionId, observation: "phase 1 is complete" }
      await peer.mutation(api.actions.observeAction, observation)
      const [receipt] = await peer.query(api.actions.actionReceipts, { token, orchestrationId })
      expect(receipt).toMatchObject({
        status: "completed",
        requestedBy: "phone",
        claimedBy: "a",
        observation: "phase 1 is complete",
        result: '{"success":true}',
      })
      const steps = receipt?.steps ?? []
      expect(steps.map((each) => each.step)).toEqual([
        "queued",
        "delivered",
        "claimed",
        "started",
        "finished",
        "observed",
      ])
      const times = steps.map((each) => each.at)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
    })

    test("pending actions are listed in the order in which they were asked for", async () => {
      await using desk = await openDesk(open)
      const ids = [await desk.submit(), await desk.submit("pause"), await desk.submit("retry")]
      expect((await desk.pending()).map((each) => each._id)).toEqual(ids)
      const [first] = ids
      if (first !== undefined) await desk.claim(first, "a")
      expect((await desk.pending()).map((each) => each.type)).toEqual(["pause", "retry"])
    })

    test("an idempotency key that was seen answers the first action", async () => {
      await using desk = await openDesk(open)
      const first = await desk.submit("approve_plan", approval, "key-1")
      expect(await desk.submit("approve_plan", approval, "key-1")).toBe(first)
      expect(await desk.submit("approve_plan", approval, "key-2")).not.toBe(first)
      expect(await desk.pending()).toHaveLength(2)
    })

    test("only an operator asks, and only the action's node claims", async () => {
      await using desk = await openDesk(open)
      const { peer, nodeId, orchestrationId } = desk
      const actionId = await desk.submit()
      const token = await issueToken(peer, "node", "desk")
      await peer.mutation(api.nodes.registerNode, { token, name: "desk", os: "linux" })
      const calls = [
        () => peer.mutation(api.actions.claimAction, { token, actionId }),
        () => peer.query(api.actions.pendingActions, { token, nodeId }),
        () => peer.query(api.actions.actionReceipts, { token, actionId }),
        () =>
          peer.mutation(api.actions.submitAction, {
            token,
            nodeId,
            orchestrationId,
            type: "pause",
            payload: JSON.stringify(approval),
          }),
      ]
      for (const call of calls) expect(await refusalOf(call())).toMatchObject({ code: "forbidden" })
    })

    test("of two claimers one gets the action, and asking again it has the same claim", async () => {
      await using desk = await openDesk(open)
      const actionId = await desk.submit()
      const claims = await Promise.all([desk.claim(actionId, "a"), desk.claim(actionId, "b")])
      expect(claims.filter((each) => each.success)).toHaveLength(1)
      const winner = claims[0].success ? "a" : "b"
      expect(await desk.claim(actionId, winner)).toMatchObject({ success: true, fence: 1 })
      const loser = await desk.claim(actionId, winner === "a" ? "b" : "a")
      expect(loser).toEqual({ success: false, reason: "already_claimed" })
    })

    test("a claim on an action that is gone is not found", async () => {
      await using desk = await openDesk(open)
      const { peer, operator, orchestrationId } = desk
      const actionId = await desk.submit()
      const erase = { token: operator, orchestrationId }
      await peer.mutation(api.orchestrations.deleteOrchestration, erase)
      const missing = { success: false, reason: "not_found" } as const
      expect(await desk.claim(actionId, "a")).toEqual(missing)
      expect(await desk.start(actionId, 1)).toEqual(missing)
      expect(await refusalOf(desk.complete(actionId, 1))).toEqual({
        code: "not_found",
        message: `Action ${actionId} not found`,
      })
    })

    test("a lease that ends before the start returns the action, and the old claim is not heard", async () => {
      await using desk = await openDesk(open)
      const actionId = await desk.submit()
      await desk.claim(actionId, "a")
      expect(await desk.expire()).toEqual({ expired: 1 })
      expect(await desk.pending()).toHaveLength(1)
      const lost = { success: false, reason: "lost" } as const
      expect(await desk.start(actionId, 1)).toEqual(lost)
      expect(await refusalOf(desk.complete(actionId, 1))).toMatchObject({ code: "conflict" })
      expect(await desk.claim(actionId, "b")).toMatchObject({ success: true, fence: 2 })
      expect(await desk.start(actionId, 1)).toEqual(lost)
      expect(await desk.renew(actionId, 1)).toEqual(lost)
      expect(await refusalOf(desk.complete(actionId, 1))).toMatchObject({ code: "conflict" })
      expect(await desk.start(actionId, 2)).toEqual({ success: true })
    })

    test("a claim whose lease is over is taken over without waiting for a sweep", async () => {
      await using desk = await openDesk(open)
      const actionId = await desk.submit()
      await desk.claim(actionId, "a", 0)
      await eventually(async () => (await desk.claim(actionId, "b")).success)
      expect(await desk.start(actionId, 2)).toEqual({ success: true })
    })

    test("a lease that ends after the start makes the action unknown, never pending", async () => {
      await using desk = await openDesk(open)
      const actionId = await desk.submit()
      await desk.claim(actionId, "a")
      await desk.start(actionId, 1)
      await desk.expire()
      expect(await desk.pending()).toEqual([])
      const receipt = await desk.receipt(actionId)
      expect(receipt.status).toBe("unknown")
      expect(receipt.result).toContain("lease_expired")
      expect(await desk.claim(actionId, "b")).toEqual({ success: false, reason: "already_claimed" })
    })

    test("the result of an action that ran through its lease is still heard", async () => {
      await using desk = await openDesk(open)
      const actionId = await desk.submit()
      await desk.claim(actionId, "a")
      await desk.start(actionId, 1)
      await desk.expire()
      await desk.complete(actionId, 1, { unknown: true, result: "phase 1 is executing" })
      expect(await desk.receipt(actionId)).toMatchObject({
        status: "unknown",
        result: "phase 1 is executing",
      })
      await desk.complete(actionId, 1, { success: false, result: "exit 1" })
      expect(await desk.receipt(actionId)).toMatchObject({ status: "failed", result: "exit 1" })
    })

    test("a lease is as long as asked for, at most ten minutes, and each renewal extends it", async () => {
      await using desk = await openDesk(open)
      const actionId = await desk.submit()
      const before = Date.now()
      const claimed = await desk.claim(actionId, "a", 24 * 60 * 60_000)
      if (!claimed.success) throw new Error("the claim was refused")
      const length = claimed.leaseUntil - before
      expect(length).toBeGreaterThanOrEqual(600_000)
      expect(length).toBeLessThan(660_000)
      const renewed = await desk.renew(actionId, claimed.fence)
      if (!renewed.success) throw new Error("the renewal was refused")
      expect(renewed.leaseUntil).toBeLessThan(claimed.leaseUntil)
      expect(renewed.leaseUntil).toBeGreaterThanOrEqual(before + 60_000)
    })

    test("a started action may be renewed late, as long as nobody declared it unknown", async () => {
      await using desk = await openDesk(open)
      const { peer, token } = desk
      const actionId = await desk.submit()
      await desk.claim(actionId, "a")
      await desk.start(actionId, 1)
      const short = { token, actionId, fence: 1, leaseMs: 0 }
      const renewed = await peer.mutation(api.actions.renewClaim, short)
      await eventually(() => renewed.success && Date.now() > renewed.leaseUntil)
      expect(await desk.renew(actionId, 1)).toMatchObject({ success: true })
      await desk.expire()
      expect(await desk.renew(actionId, 1)).toEqual({ success: false, reason: "lost" })
    })

    test("the first result counts, however often it is sent", async () => {
      await using desk = await openDesk(open)
      const actionId = await desk.submit()
      await desk.claim(actionId, "a")
      await desk.complete(actionId, 1)
      await desk.complete(actionId, 1, { success: false, result: "late" })
      expect(await desk.receipt(actionId)).toMatchObject({
        status: "completed",
        result: '{"success":true}',
      })
    })

    test("a node releases the ends of its own leases", async () => {
      await using desk = await openDesk(open)
      const { peer, token, nodeId } = desk
      const actionId = await desk.submit()
      await desk.claim(actionId, "a", 0)
      const release = () => peer.mutation(api.actions.releaseExpired, { token, nodeId })
      await eventually(async () => (await release()).expired === 1)
      expect(await desk.pending()).toHaveLength(1)
    })

    test("a finished action is forgotten after its time once it was observed; one that waits never", async () => {
      await using desk = await openDesk(open)
      const { peer, token, nodeId } = desk
      const [done, unseen, waiting] = [
        await desk.submit(),
        await desk.submit("resume"),
        await desk.submit("pause"),
      ]
      for (const actionId of [done, unseen]) {
        await desk.claim(actionId, "a")
        await desk.complete(actionId, 1)
      }
      const observation = { token, actionId: done, observation: "phase 1 is complete" }
      await peer.mutation(api.actions.observeAction, observation)
      const sweep = (now?: number) =>
        peer.admin.mutation(internal.retention.sweep, now === undefined ? {} : { now })
      expect(await sweep()).toEqual({ removed: 0, done: true })
      expect(await sweep(Date.now() + 29 * 24 * 60 * 60_000)).toEqual({ removed: 0, done: true })
      expect(await sweep(Date.now() + 31 * 24 * 60 * 60_000)).toEqual({ removed: 1, done: true })
      const left = await peer.query(api.actions.actionReceipts, { token, nodeId })
      expect(left.map((each) => each.actionId)).toEqual([waiting, unseen])
    })
  })
}
