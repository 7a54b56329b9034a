/** The local deployment forgets by itself: in small batches, while clients write, and its file becomes smaller. */
import { Database } from "bun:sqlite"
import { expect, test } from "bun:test"
import { statSync } from "node:fs"
import { join } from "node:path"
import { ConvexHttpClient } from "convex/browser"
import { api } from "../../../src/convex/_generated/api.js"
import { checkDeploymentFile } from "../../../src/local/check-file.ts"
import { openInThreadDeployment } from "../../../src/local/in-thread.ts"
import { modules, schema } from "../../../src/local/modules.ts"
import { runFunction } from "../../../src/owner/functions.ts"
import { readLogs } from "../../../src/owner/logs.ts"
import { listTables } from "../../../src/owner/tables.ts"
import { setVariables } from "../../../src/owner/variables.ts"
import { orchestration, task, team } from "../../support/documents.ts"
import { eventually } from "../../support/eventually.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const dayMs = 24 * 60 * 60_000
const statuses = ["pending", "in_progress"] as const

/** Of the file with what is still in its log. */
function pagesOf(path: string): number {
  using database = new Database(path, { readonly: true })
  return database.query<{ page_count: number }, []>("PRAGMA page_count").get()?.page_count ?? 0
}

test("thousands of old transitions go in bounded batches while a client writes, and the file shrinks", async () => {
  await using home = await tmpHome()
  const path = join(home.stateDir, "deployment.db")
  {
    await using deployment = await openInThreadDeployment({
      path,
      port: 0,
      schema,
      modules,
      shrinkEveryMs: 50,
    })
    const access = { ...deployment, signal: AbortSignal.timeout(60_000) }
    const run = async (path: string, args: object) => {
      const ran = await runFunction(access, { path, args })
      if (!ran.ok) throw new Error(ran.message)
      return ran.value
    }
    const token = "node-token-of-the-test-0123456789"
    await run("tokens:issue", { role: "node", token })
    const client = new ConvexHttpClient(deployment.url, { logger: false })
    const nodeId = await client.mutation(api.nodes.registerNode, { token, name: "n", os: "linux" })
    const write = (from: number, count: number, description: string) =>
      client.mutation(api.ingest.applyBatch, {
        token,
        nodeId,
        documents: Array.from({ length: count }, (_, index) =>
          task({
            eventId: `event-${from + index}`,
            status: statuses[(from + index) % 2] ?? "pending",
            description,
          }),
        ),
      })
    await client.mutation(api.ingest.applyBatch, {
      token,
      nodeId,
      documents: [orchestration(), team()],
    })
    for (let from = 0; from < 2000; from += 200) await write(from, 200, "x".repeat(2000))
    const events = async () =>
      (await listTables(access)).find(({ name }) => name === "taskEvents")?.documents ?? 0
    expect(await events()).toBe(2000)
    await setVariables(access, { TINA_HISTORY_DAYS: "7" })
    const { newCursor } = await readLogs(access, 0)

    const writing = new AbortController()
    const waits: number[] = []
    const writer = (async () => {
      for (let next = 10_000; !writing.signal.aborted; next += 1) {
        const began = performance.now()
        await write(next, 1, "")
        waits.push(performance.now() - began)
      }
    })()
    await run("retention:sweep", { now: Date.now() + 6 * dayMs })
    expect(await events()).toBeGreaterThanOrEqual(2000)
    expect(pagesOf(path)).toBeGreaterThan(1000)
    const now = Date.now() + 7 * dayMs
    const writtenBefore = waits.length + 1
    expect(await run("retention:sweep", { now })).toEqual({ removed: 200, done: false })
    // What the writer has added meanwhile is newer than what is swept.
    await eventually(async () => (await events()) - waits.length < 10, { withinMs: 20_000 })
    await eventually(() => pagesOf(path) < 500 && statSync(path).size < 500 * 4096, {
      withinMs: 20_000,
    })
    writing.abort()
    await writer

    const { entries } = await readLogs(access, newCursor)
    const sweeps = entries.filter(({ identifier }) => identifier === "retention:sweep")
    expect(sweeps.length).toBeGreaterThan(9)
    expect(sweeps.every(({ error }) => error === null)).toBe(true)
    expect(waits.length).toBeGreaterThan(20)
    expect(Math.max(...waits)).toBeLessThan(1000)
    expect(await events()).toBeGreaterThanOrEqual(waits.length - writtenBefore)
  }
  expect(checkDeploymentFile(path)).toEqual([])
}, 60_000)
