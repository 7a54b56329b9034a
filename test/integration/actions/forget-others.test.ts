import { expect, test } from "bun:test"
import { z } from "zod"
import { forgetOthers } from "../../../src/actions/forget-others.ts"
import { createActionQueues } from "../../../src/actions/inbox.ts"
import type { ActionId } from "../../../src/cloud/actions.ts"
import type { NodeId } from "../../../src/cloud/node.ts"
import { tmpStore } from "../../support/tmp-store.ts"

const nodeId = z.custom<NodeId>((value) => typeof value === "string")
const actionId = z.custom<ActionId>((value) => typeof value === "string")

test("forgetOthers() keeps what this node was asked, and forgets what another was", async () => {
  await using tmp = await tmpStore()
  const store = tmp.reopen()
  const queues = createActionQueues(store)
  const [mine, other] = [nodeId.parse("mine"), nodeId.parse("other")]
  expect(forgetOthers(mine, { store, queues })).toBe(0)
  for (const id of ["a", "b"].map((text) => actionId.parse(text))) {
    const action = { id, type: "retry", payload: "{}", createdAt: 1, requestedBy: "ada" }
    queues.inbox.put(id, action)
    const report = { action, fence: 1, result: { status: "failed" as const, text: "{}" } }
    queues.results.put(id, report)
    queues.observations.put(id, report)
  }
  expect(forgetOthers(mine, { store, queues })).toBe(0)
  expect(forgetOthers(other, { store, queues })).toBe(6)
  expect(queues.inbox.stats().ready).toBe(0)
  expect(forgetOthers(other, { store, queues })).toBe(0)
})
