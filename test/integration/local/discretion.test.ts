/** Whom a deployment tells why a function failed, and what it logged. */
import { ConvexError } from "convex/values"
import { expect, test } from "bun:test"
import { api } from "../../support/convex-functions/api.js"
import { openTestDeployment } from "../../support/local-deployment.ts"
import { connect, openSyncSocket, type SyncSocket } from "../../support/sync-socket.ts"

const { messages, trouble } = api
const onlyThat = /^\[Request ID: [0-9a-f]{16}\] Server Error$/

interface Told {
  readonly errorMessage?: string
  readonly logLines: readonly string[]
}

interface Called {
  readonly kind: "query" | "mutation" | "action"
  readonly path: string
  readonly adminKey?: string
}

async function call(url: string, { kind, path, adminKey }: Called): Promise<Told> {
  const headers: Record<string, string> = adminKey ? { authorization: `Convex ${adminKey}` } : {}
  const body = JSON.stringify({ path, args: {} })
  const response = await fetch(`${url}/api/${kind}`, { method: "POST", body, headers })
  return JSON.parse(await response.text())
}

const failing = [
  { kind: "query", path: "trouble:failingQuery" },
  { kind: "mutation", path: "trouble:failingMutation" },
  { kind: "action", path: "trouble:failingAction" },
] as const

async function failOverSocket(socket: SyncSocket): Promise<readonly unknown[]> {
  const args = [{}]
  const add = { type: "Add", queryId: 0, udfPath: "trouble:failingQuery", args }
  socket.send(
    connect,
    { type: "ModifyQuerySet", baseVersion: 0, newVersion: 1, modifications: [add] },
    { type: "Mutation", requestId: 0, udfPath: "trouble:failingMutation", args },
    { type: "Action", requestId: 1, udfPath: "trouble:failingAction", args },
  )
  const { modifications } = await socket.take("Transition")
  const [query] = Array.isArray(modifications) ? modifications : []
  const { result: ofMutation, logLines } = await socket.take("MutationResponse")
  const { result: ofAction } = await socket.take("ActionResponse")
  return [query.errorMessage, ofMutation, ofAction, query.logLines, logLines]
}

test("a deployment that redacts errors tells clients that a function failed, and neither why nor what it logged", async () => {
  await using deployment = await openTestDeployment({ redactErrors: true })
  for (const each of failing) {
    const told = await call(deployment.url, each)
    expect(told.errorMessage).toMatch(onlyThat)
    expect(told.logLines).toEqual([])
  }
  expect(await call(deployment.url, { kind: "mutation", path: "trouble:logs" })).toMatchObject({
    status: "success",
    logLines: [],
  })
  using socket = await openSyncSocket(deployment.url)
  const [ofQuery, ofMutation, ofAction, ...lines] = await failOverSocket(socket)
  expect([ofQuery, ofMutation, ofAction]).toEqual(Array(3).fill(expect.stringMatching(onlyThat)))
  expect(lines).toEqual([[], []])
})

test("the data of a ConvexError reaches clients all the same", async () => {
  await using deployment = await openTestDeployment({ redactErrors: true })
  const failed = deployment.http().mutation(messages.sendThenFail, { channel: "c" })
  const error: unknown = await failed.catch((thrown: unknown) => thrown)
  if (!(error instanceof ConvexError)) throw new Error(`not a ConvexError: ${String(error)}`)
  expect(error.data).toEqual({ code: "refused", channel: "c" })
  expect(error.message).not.toContain("Uncaught")
})

test("the holder of the admin key is told everything, and so is everybody where errors are not redacted", async () => {
  await using redacting = await openTestDeployment({ redactErrors: true })
  await using open = await openTestDeployment()
  const { adminKey } = redacting
  for (const each of failing) {
    for (const told of [
      await call(redacting.url, { ...each, adminKey }),
      await call(open.url, each),
    ]) {
      expect(told.errorMessage).toContain("Uncaught Error: the password is swordfish")
      expect(told.logLines.join()).toContain("about to fail")
    }
  }
})

test("an action hears from what it calls why that failed, whoever called the action", async () => {
  await using deployment = await openTestDeployment({ redactErrors: true })
  const reason = await deployment.http().action(trouble.reasonOfNested, {})
  expect(reason).toContain("swordfish")
})
