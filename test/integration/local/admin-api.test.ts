/** What the admin key opens over HTTP: environment variables and logs of functions. */
import { expect, test } from "bun:test"
import { join } from "node:path"
import { adminFetch, setVariables } from "../../support/admin-request.ts"
import { api } from "../../support/convex-functions/api.js"
import { eventually } from "../../support/eventually.ts"
import { openTestDeployment } from "../../support/local-deployment.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const builtIn = ["CONVEX_CLOUD_URL", "CONVEX_SITE_URL"]

test("functions see the deployment's variables, and none of the process that runs them", async () => {
  await using deployment = await openTestDeployment()
  const http = deployment.http()
  expect(process.env["PATH"]).toBeTruthy()
  expect(await http.query(api.surroundings.names, {})).toEqual(builtIn)
  expect(await http.query(api.surroundings.variable, { name: "PATH" })).toEqual([null, null])

  await setVariables(deployment, { SHOWN: "yes", OTHER: "a=b c" })
  expect(await http.query(api.surroundings.variable, { name: "OTHER" })).toEqual(["a=b c", "yes"])
  expect(await http.action(api.surroundings.variableInAction, { name: "SHOWN" })).toBe("yes")
  expect(await http.query(api.surroundings.names, {})).toEqual([...builtIn, "OTHER", "SHOWN"])
  expect(process.env["SHOWN"]).toBeUndefined()
})

test("queries and actions find in their variables where the deployment and its HTTP actions are", async () => {
  await using deployment = await openTestDeployment()
  const { url } = deployment
  const http = deployment.http()
  for (const [name, value] of [
    ["CONVEX_CLOUD_URL", url],
    ["CONVEX_SITE_URL", `${url}/http`],
  ] as const) {
    expect(await http.query(api.surroundings.variable, { name })).toEqual([value, null])
    expect(await http.action(api.surroundings.variableInAction, { name })).toBe(value)
  }
})

test.each(builtIn)(
  "%s can be neither set nor removed, and is not among the owner's",
  async (name) => {
    await using deployment = await openTestDeployment()
    for (const value of ["http://elsewhere.example", null]) {
      const response = await setVariables(deployment, { GOOD: "x", [name]: value })
      expect(response.status).toBe(400)
      expect(await response.json()).toEqual({
        code: "EnvVarNameForbidden",
        message: `Environment variable with name "${name}" is built-in and cannot be overridden`,
      })
    }
    const body = JSON.stringify({ path: "_system/cli/queryEnvironmentVariables", args: {} })
    const listed = await adminFetch(deployment, "/api/query", { body })
    expect(await listed.json()).toMatchObject({ value: [] })
  },
)

test("a watched query runs again when a variable that it read changes", async () => {
  await using deployment = await openTestDeployment()
  const seen: unknown[] = []
  const client = deployment.client()
  client.onUpdate(api.surroundings.variable, { name: "WATCHED" }, (value) => seen.push(value[0]))
  await eventually(() => seen.length === 1)
  await setVariables(deployment, { WATCHED: "1" })
  await eventually(() => seen.at(-1) === "1")
  await setVariables(deployment, { WATCHED: null })
  await eventually(() => seen.at(-1) === null)
})

test("variables outlive the deployment", async () => {
  await using home = await tmpHome()
  const path = join(home.stateDir, "deployment.db")
  {
    await using deployment = await openTestDeployment({ path })
    await setVariables(deployment, { SHOWN: "kept" })
  }
  await using deployment = await openTestDeployment({ path })
  const http = deployment.http()
  expect(await http.query(api.surroundings.variable, { name: "SHOWN" })).toEqual(["kept", "kept"])
})

test("as many, as long and as large variables as Convex has are kept", async () => {
  await using deployment = await openTestDeployment()
  const name = (index: number) => `V${index}`.padEnd(256, "_")
  const many = Object.fromEntries(Array.from({ length: 512 }, (_, index) => [name(index), "x"]))
  expect((await setVariables(deployment, many)).status).toBe(200)
  expect(await deployment.http().query(api.surroundings.names, {})).toHaveLength(514)
  expect((await setVariables(deployment, { [name(0)]: "x".repeat(8192) })).status).toBe(200)
})

test("changes that hold one bad name or value change nothing", async () => {
  await using deployment = await openTestDeployment()
  for (const bad of [{ "1ST": "x" }, { "": "x" }, { "A-B": "x" }, { BIG: "x".repeat(8193) }]) {
    const response = await setVariables(deployment, { GOOD: "x", ...bad })
    expect(response.status).toBe(400)
  }
  const named = (length: number, value: string) =>
    Object.fromEntries(Array.from({ length }, (_, index) => [`V${index}`, value]))
  expect((await setVariables(deployment, named(513, "x"))).status).toBe(400)
  expect((await setVariables(deployment, named(64, "x".repeat(8192)))).status).toBe(400)
  expect((await setVariables(deployment, { ["V".repeat(257)]: "x" })).status).toBe(400)
  expect(await deployment.http().query(api.surroundings.names, {})).toEqual(builtIn)
})

interface LogPage {
  readonly entries: readonly {
    readonly identifier: string
    readonly udfType: string
    readonly logLines: readonly string[]
    readonly error: string | null
    readonly executionTime: number
  }[]
  readonly newCursor: number
}

test("logs are followed by a cursor, each call once, with what it logged and why it failed", async () => {
  await using deployment = await openTestDeployment()
  async function logsAfter(cursor: number): Promise<LogPage> {
    const path = `/api/stream_function_logs?cursor=${cursor}`
    const response = await adminFetch(deployment, path, { method: "GET" })
    const page: LogPage = JSON.parse(await response.text())
    return page
  }
  const http = deployment.http()
  const { newCursor: start } = await logsAfter(0)
  const following = logsAfter(start)
  await http.mutation(api.counters.add, { name: "c", amount: 1 })
  const first = await following
  expect(first.entries).toMatchObject([
    { identifier: "counters:add", udfType: "Mutation", error: null, logLines: [] },
  ])
  expect(first.entries[0]?.executionTime).toBeGreaterThan(0)
  await http.query(api.trouble.usesTimer, {}).catch(() => undefined)
  const second = await logsAfter(first.newCursor)
  expect(second.entries).toHaveLength(1)
  expect(second.entries[0]?.error).toBeTruthy()
})

test.each([
  ["POST", "/api/update_environment_variables"],
  ["GET", "/api/stream_function_logs?cursor=0"],
  ["POST", "/api/export/request/zip"],
  ["GET", "/api/export/zip/1"],
  ["POST", "/api/import/start_upload"],
  ["POST", "/api/import/upload_part?partNumber=1&uploadToken=x"],
  ["POST", "/api/import/finish_upload"],
  ["POST", "/api/perform_import"],
])("%s %s is refused without the admin key, and with a wrong one", async (method, path) => {
  await using deployment = await openTestDeployment()
  const without = await fetch(`${deployment.url}${path}`, { method })
  expect(without.status).toBe(403)
  const wrong = { ...deployment, adminKey: "local|wrong" }
  expect((await adminFetch(wrong, path, { method })).status).toBe(401)
})

test("system functions answer to the admin key alone", async () => {
  await using deployment = await openTestDeployment()
  const call = {
    path: "_system/cli/tables",
    args: { paginationOpts: { numItems: 1, cursor: null } },
  }
  const body = JSON.stringify(call)
  const anonymous = await fetch(`${deployment.url}/api/query`, { method: "POST", body })
  expect(await anonymous.text()).toContain("Could not find public function")
  expect(await (await adminFetch(deployment, "/api/query", { body })).text()).toContain(
    '"messages"',
  )
})
