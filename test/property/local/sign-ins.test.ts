/**
 * One client that signs in and out between its calls and watches, while late queries hold its transitions: each call is
 * of whoever was signed in when it was sent, and what is watched in the end is what the last one may see.
 */
import { expect, test } from "bun:test"
import { join } from "node:path"
import { setImmediate } from "node:timers/promises"
import * as fc from "fast-check"
import { z } from "zod"
import { eventually } from "../../support/eventually.ts"
import { type TestSession, openTestEngine } from "../../support/local-engine.ts"
import { runs, seed, within } from "../../support/property-runs.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const moves = fc.array(
  fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("sign" as const), admin: fc.boolean() }),
    },
    { weight: 3, arbitrary: fc.constant({ kind: "mutate" as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: "act" as const }) },
    { weight: 2, arbitrary: fc.constant({ kind: "watch" as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: "leave" as const }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const), turns: fc.nat(20) }) },
  ),
  { minLength: 5, maxLength: 30 },
)

const changes = z.array(z.object({ type: z.string(), queryId: z.number() }))
const versions = z.object({ querySet: z.number(), identity: z.number() })

function transitionsOf({ received }: TestSession) {
  return received.filter(({ type }) => type === "Transition")
}

/** Which of the watched queries have a result, and which have failed. */
function shownTo(session: TestSession): ReadonlyMap<number, string> {
  const shown = new Map<number, string>()
  for (const { modifications } of transitionsOf(session)) {
    for (const { type, queryId } of changes.parse(modifications)) {
      if (type === "QueryRemoved") shown.delete(queryId)
      else shown.set(queryId, type)
    }
  }
  return shown
}

function open(session: TestSession) {
  const watched: number[] = []
  const expected = new Map<number, boolean>()
  let querySet = 0
  let identity = 0
  let isAdmin = false
  let requests = 0
  function modify(modification: object): void {
    session.send({
      type: "ModifyQuerySet",
      baseVersion: querySet,
      newVersion: (querySet += 1),
      modifications: [modification],
    })
  }
  function call(type: "Mutation" | "Action", udfPath: string, args: object): void {
    expected.set(requests, isAdmin)
    session.send({ type, requestId: requests, udfPath, args: [args] })
    requests += 1
  }
  return {
    session,
    expected,
    watched,
    isAdmin: () => isAdmin,
    versions: () => ({ querySet, identity }),
    sign: (admin: boolean) => {
      isAdmin = admin
      const token = admin ? { tokenType: "Admin", value: "" } : { tokenType: "None" }
      session.send({ type: "Authenticate", baseVersion: identity, ...token })
      identity += 1
    },
    mutate: () => call("Mutation", "messages:secretSend", { channel: "a" }),
    act: () => call("Action", "later:secretAct", {}),
    watch: () => {
      watched.push(querySet)
      const query = { queryId: querySet, udfPath: "messages:secretCount", args: [{}] }
      modify({ type: "Add", ...query })
    },
    leave: () => {
      const queryId = watched.shift()
      if (queryId !== undefined) modify({ type: "Remove", queryId })
    },
  }
}

test(
  `each call is of whoever was signed in when it was sent (seed ${seed})`,
  async () => {
    await fc.assert(
      fc.asyncProperty(moves, async (program) => {
        await using home = await tmpHome()
        const slices = { readMs: 0, writeMs: 0, refreshMs: 0 }
        await using opened = openTestEngine({ path: join(home.path, "d.db"), slices })
        const client = open(opened.connect())
        for (let row = 0; row < 10; row += 1)
          await opened.mutate("messages:send", { channel: "a", body: "x" })
        for (const move of program) {
          if (move.kind === "sign") client.sign(move.admin)
          else if (move.kind === "wait")
            for (let turn = 0; turn < move.turns; turn += 1) await setImmediate()
          else client[move.kind]()
        }
        const { session, expected } = client
        await eventually(() => {
          const reached = versions.safeParse(transitionsOf(session).at(-1)?.["endVersion"]).data
          return Bun.deepEquals(reached ?? { querySet: 0, identity: 0 }, client.versions())
        })
        await eventually(() => responsesOf(session).length === expected.size)
        for (const { requestId, success } of responsesOf(session))
          expect([requestId, success]).toEqual([requestId, expected.get(Number(requestId))])
        const type = client.isAdmin() ? "QueryUpdated" : "QueryFailed"
        await eventually(() => [...shownTo(session).values()].every((shown) => shown === type))
        expect(new Set(shownTo(session).keys())).toEqual(new Set(client.watched))
      }),
      runs(60),
    )
  },
  within,
)

function responsesOf({ received }: TestSession) {
  return received.filter(({ type }) => type === "MutationResponse" || type === "ActionResponse")
}
