/** Files of earlier versions, and documents that this one would refuse: everything stays, can be read, and is told. */
import { Database } from "bun:sqlite"
import { expect, test } from "bun:test"
import { chmodSync, readFileSync, writeFileSync } from "node:fs"
import { mkdir } from "node:fs/promises"
import { dirname, join } from "node:path"
import { defineSchema, defineTable } from "convex/server"
import { v } from "convex/values"
import { checkDeploymentFile } from "../../../src/local/check-file.ts"
import { openInThreadDeployment } from "../../../src/local/in-thread.ts"
import { modules, schema } from "../../../src/local/modules.ts"
import { runFunction } from "../../../src/owner/functions.ts"
import { listRows, listTables } from "../../../src/owner/tables.ts"
import { runCommandLine } from "../../support/command-line.ts"
import { api } from "../../support/convex-functions/api.js"
import { openTestDeployment } from "../../support/local-deployment.ts"
import { makeDeployment, ownerSeams, startLocalDaemon } from "../../support/owner-commands.ts"
import { type TmpHome, tmpHome } from "../../support/tmp-home.ts"

/** Written on 2026-11-20: one orchestration with a phase, a team, a member, and a task with two transitions. */
const oldFile = join(import.meta.dir, "../../support/files/deployment-0.1.0.db.gz")

async function placeOldFile(home: TmpHome): Promise<string> {
  const path = join(home.stateDir, "deployment.db")
  await mkdir(dirname(path), { recursive: true })
  writeFileSync(path, Bun.gunzipSync(new Uint8Array(readFileSync(oldFile))))
  chmodSync(path, 0o600)
  return path
}

test("a file of an earlier version is opened with all that is in it, and what is new since", async () => {
  await using home = await tmpHome()
  const path = await placeOldFile(home)
  {
    await using deployment = await openInThreadDeployment({ path, port: 0, schema, modules })
    expect(deployment.invalidDocuments).toEqual([])
    const access = { ...deployment, signal: AbortSignal.timeout(10_000) }
    const tables = new Map(
      (await listTables(access)).map(({ name, documents }) => [name, documents]),
    )
    const expected = {
      orchestrations: 1,
      phases: 1,
      teams: 1,
      teamMembers: 1,
      tasks: 1,
      taskEvents: 2,
    }
    for (const [name, count] of Object.entries(expected)) expect(tables.get(name)).toBe(count)
    const declared = Object.keys(schema.tables)
    expect([...tables.keys()].toSorted()).toEqual(declared.toSorted())
    expect(await listRows(access, { table: "tasks", limit: 1, order: "asc" })).toMatchObject([
      { subject: "write the parser", status: "completed" },
    ])
    const issued = await runFunction(access, { path: "tokens:issue", args: { role: "viewer" } })
    expect(issued.ok).toBe(true)
  }
  expect(checkDeploymentFile(path)).toEqual([])
})

test("a daemon goes on with the file of an earlier version", async () => {
  await using home = await tmpHome()
  await placeOldFile(home)
  await using _daemon = await startLocalDaemon(home)
  const { stdout } = await runCommandLine(home, ["deployment", "data", "--json"], {
    seams: ownerSeams,
  })
  expect(JSON.parse(stdout).tables).toContainEqual({ name: "taskEvents", documents: 2 })
}, 30_000)

test("beside a document that no longer fits, others of its table are written as before, and it can be mended", async () => {
  await using home = await tmpHome()
  const path = join(home.stateDir, "deployment.db")
  const { things, anything } = {
    things: defineTable(v.any()).index("by_n", ["n"]),
    anything: defineTable(v.any()),
  }
  let id: string
  {
    await using old = await openTestDeployment({ path, schema: defineSchema({ things, anything }) })
    const put = (value: object) => old.http().mutation(api.shapes.put, { table: "anything", value })
    id = await put({ key: "not a number" })
    await put({ key: 1 })
  }
  const strict = defineSchema({ things, anything: defineTable({ key: v.number() }) })
  {
    await using deployment = await openTestDeployment({ path, schema: strict })
    const http = deployment.http()
    const other = await http.mutation(api.shapes.put, { table: "anything", value: { key: 2 } })
    await http.mutation(api.shapes.patch, { id: other, fields: { key: 3 } })
    const keys = (await http.query(api.shapes.all, { table: "anything" })).map((row) =>
      "key" in row ? row["key"] : undefined,
    )
    expect(keys).toEqual(["not a number", 1, 3])
    const refused = http.mutation(api.shapes.patch, { id, fields: { other: 1 } }).catch(String)
    expect(await refused).toContain("does not match the schema")
    await http.mutation(api.shapes.patch, { id, fields: { key: 4 } })
  }
  await using again = await openInThreadDeployment({ path, port: 0, modules, schema: strict })
  expect(again.invalidDocuments).toEqual([])
})

test("status counts such a document, problems and doctor name its table, its id and why", async () => {
  await using home = await tmpHome()
  const path = await makeDeployment(home)
  let id = ""
  {
    using database = new Database(path)
    const [row] = database
      .query<{ id: string }, []>(`SELECT id FROM documents WHERE value LIKE '%"viewer"%'`)
      .all()
    id = row?.id ?? ""
    database.run(`UPDATE documents SET value = replace(value, '"viewer"', '"king"')`)
    database.run("DELETE FROM facts WHERE name = 'schema'")
  }
  const doctor = await runCommandLine(home, ["doctor", "--local"], { seams: ownerSeams })
  expect(doctor.stdout).toMatch(new RegExp(`local documents.*${id} of tokens: .*\\.role .*viewer`))
  expect(doctor.stdout).not.toContain("king")
  await using _daemon = await startLocalDaemon(home)
  const problems = await runCommandLine(home, ["problems"])
  expect(problems.stdout).toContain(id)
  expect(problems.stdout).toContain("tokens")
  const status = JSON.parse((await runCommandLine(home, ["rpc", "daemon.status"])).stdout)
  expect(status.problems).toBe(1)
}, 30_000)
