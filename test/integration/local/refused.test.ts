/** What the local deployment lacks is refused in words that say so, and what Convex refuses is refused here. */
import { expect, test } from "bun:test"
import { api } from "../../support/convex-functions/api.js"
import { openTestDeployment } from "../../support/local-deployment.ts"
import { connect, openSyncSocket } from "../../support/sync-socket.ts"

const { refused } = api

test("files, vectors, text search and function handles are not supported by the local deployment, and say so", async () => {
  await using deployment = await openTestDeployment()
  const http = deployment.http()
  const messages = await Promise.all([
    http.mutation(refused.uploadUrl, {}).catch(String),
    http.query(refused.fileUrl, { id: "x" }).catch(String),
    http.action(refused.storeFile, {}).catch(String),
    http.action(refused.vectors, {}).catch(String),
    http.query(refused.textSearch, {}).catch(String),
    http.mutation(refused.handle, {}).catch(String),
  ])
  const features = [
    "File storage",
    "File storage",
    "File storage",
    "Vector search",
    "Text search",
    "Components and function handles",
  ]
  for (const [index, feature] of features.entries()) {
    expect(messages[index]).toContain(`${feature} is not supported by the local deployment`)
  }
})

test("a token of an auth provider is refused on both ways in, and nobody is signed in without one", async () => {
  await using deployment = await openTestDeployment()
  expect(await deployment.http().query(refused.whoAmI, {})).toBeNull()
  const response = await fetch(`${deployment.url}/api/query`, {
    method: "POST",
    body: JSON.stringify({ path: "refused:whoAmI", args: {} }),
    headers: { authorization: "Bearer a.b.c" },
  })
  expect(response.status).toBe(401)
  expect(await response.text()).toContain("not supported by the local deployment")
  using socket = await openSyncSocket(deployment.url)
  socket.send(connect, { type: "Authenticate", tokenType: "User", value: "a.b.c", baseVersion: 0 })
  expect((await socket.take("AuthError"))["error"]).toContain("not supported by the local")
  await socket.closed
})

test("the holder of the admin key may act as a user, over HTTP and over the socket", async () => {
  await using deployment = await openTestDeployment()
  const user = { subject: "u1", issuer: "https://issuer.example", name: "U" }
  const encoded = Buffer.from(JSON.stringify(user)).toString("base64")
  const response = await fetch(`${deployment.url}/api/query`, {
    method: "POST",
    body: JSON.stringify({ path: "refused:whoAmI", args: {} }),
    headers: { authorization: `Convex ${deployment.adminKey}:${encoded}` },
  })
  const identity = { ...user, tokenIdentifier: "https://issuer.example|u1" }
  expect(await response.json()).toMatchObject({ value: identity })
  using socket = await openSyncSocket(deployment.url)
  const { adminKey: value } = deployment
  socket.send(
    connect,
    { type: "Authenticate", tokenType: "Admin", value, impersonating: user, baseVersion: 0 },
    {
      type: "ModifyQuerySet",
      baseVersion: 0,
      newVersion: 1,
      modifications: [{ type: "Add", queryId: 0, udfPath: "refused:whoAmI", args: [{}] }],
    },
  )
  let updated: unknown
  while (updated === undefined) {
    const { modifications } = await socket.take("Transition")
    if (Array.isArray(modifications)) updated = modifications[0]
  }
  expect(updated).toMatchObject({ type: "QueryUpdated", value: identity })
})

test("a query that tries to write is refused, and nothing is written", async () => {
  await using deployment = await openTestDeployment()
  const http = deployment.http()
  expect(await http.query(refused.writes, {}).catch(String)).toContain(
    "Queries are not allowed to write to the database",
  )
  expect(await http.query(api.messages.list, { channel: "a" })).toEqual([])
})
