/** The progress of an orchestration with more tasks than one query counts. */
import { expect, test } from "bun:test"
import { api, internal } from "../../../src/convex/_generated/api.js"
import { openNodeSession } from "../../contract/convex/node-session.ts"
import { orchestration, task, team } from "../../support/documents.ts"
import { openLocalPeer } from "../../support/local-peer.ts"

const dayMs = 24 * 60 * 60_000

async function openMany(count: number) {
  const session = await openNodeSession(openLocalPeer)
  await session.apply(orchestration(), team())
  const tasks = Array.from({ length: count }, (_, n) =>
    task({ taskId: String(n), eventId: `first-${n}` }),
  )
  for (let n = 0; n < count; n += 1000) await session.apply(...tasks.slice(n, n + 1000))
  const args = { token: session.operator, orchestrationId: await session.idOf(orchestration().key) }
  return {
    session,
    progress: () => session.peer.query(api.board.orchestrationProgress, args),
    complete: (n: number) =>
      session.apply(task({ taskId: String(n), eventId: `then-${n}`, status: "completed" })),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}

test("tasks that come in large batches are counted to the last one", async () => {
  await using many = await openMany(2500)
  expect(await many.progress()).toMatchObject({ pending: 2500, isPartial: false })
}, 30_000)

test("where no counts are kept, those that are shown are partial until mutations have counted all", async () => {
  await using many = await openMany(2500)
  const forget = { now: Date.now() + 2 * dayMs }
  await many.session.peer.admin.mutation(internal.retention.sweep, forget)
  expect(await many.progress()).toMatchObject({ pending: 2000, isPartial: true })
  for (let n = 0; n < 4; n++) await many.complete(n)
  expect(await many.progress()).toMatchObject({ isPartial: true })
  await many.complete(4)
  expect(await many.progress()).toMatchObject({ pending: 2495, completed: 5, isPartial: false })
}, 30_000)
