/** An import and a restore that are killed have happened in whole or not at all. */
import { Database } from "bun:sqlite"
import { expect, test } from "bun:test"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { createSeededRandom } from "../../src/harness/seeded-random.ts"
import { checkDeploymentFile } from "../../src/local/check-file.ts"
import { importFile } from "../../src/owner/import.ts"
import { api } from "../support/convex-functions/api.js"
import { serveProcess } from "../support/killed-deployment.ts"
import { openTestDeployment } from "../support/local-deployment.ts"
import { tmpHome } from "../support/tmp-home.ts"

const seed = Number(process.env["TINA_SEED"] ?? Date.now() % 1_000_000)
const documents = 4000

function channelsOf(path: string): Readonly<Record<string, number>> {
  using database = new Database(path, { readonly: true })
  const rows = database
    .query<{ channel: string; count: number }, []>(
      `SELECT json_extract(value, '$.channel') AS channel, count(*) AS count FROM documents
         JOIN tables ON number = table_number WHERE name = 'messages' GROUP BY channel`,
    )
    .all()
  return Object.fromEntries(rows.map(({ channel, count }) => [channel, count]))
}

async function makeFile(path: string, channel: string): Promise<void> {
  await using deployment = await openTestDeployment({ path })
  const client = deployment.client()
  const sends = Array.from({ length: 300 }, (_, index) =>
    client.mutation(api.messages.send, { channel, body: `${index}`.padEnd(2000, "x") }),
  )
  await Promise.all(sends)
}

test(`an import that is killed leaves all that there was, or has put all of it in its place (seed ${seed})`, async () => {
  const random = createSeededRandom(seed).next
  await using home = await tmpHome()
  const path = join(home.stateDir, "deployment.db")
  const rows = join(home.path, "rows.jsonl")
  await writeFile(rows, '{"channel":"new","body":"x"}\n'.repeat(documents))
  await makeFile(path, "old")
  for (let round = 0; round < 6; round += 1) {
    const before = channelsOf(path)
    const server = await serveProcess(path)
    const { url, adminKey } = server
    const ending = new AbortController()
    const wanted = { path: rows, format: "jsonLines", mode: "replace", table: "messages" } as const
    const importing = importFile({ url, adminKey, signal: ending.signal }, wanted, {
      onProgress: ({ step }) => {
        if (step === "confirm") setTimeout(() => void server.kill(), random() * 400)
      },
      confirm: () => Promise.resolve(true),
    }).catch(() => undefined)
    const written = await importing
    await server.kill()
    expect(checkDeploymentFile(path)).toEqual([])
    const after = channelsOf(path)
    const isWhole = after["new"] === documents && after["old"] === undefined
    expect(isWhole || Bun.deepEquals(after, before)).toBe(true)
    if (written !== undefined) expect(isWhole).toBe(true)
  }
}, 60_000)

test(`a restore that is killed leaves the old file or the new one, and the next restore goes through (seed ${seed})`, async () => {
  const random = createSeededRandom(seed).next
  await using home = await tmpHome()
  const path = join(home.stateDir, "deployment.db")
  const [first, second] = [join(home.path, "first.db"), join(home.path, "second.db")]
  await makeFile(first, "first")
  await makeFile(second, "second")
  await makeFile(path, "first")
  const program = join(import.meta.dir, "../support/restore-program.ts")
  for (let round = 0; round < 8; round += 1) {
    const from = round % 2 === 0 ? second : first
    const child = Bun.spawn([process.execPath, program, from, path], { stdout: "pipe" })
    await child.stdout.getReader().read()
    setTimeout(() => child.kill("SIGKILL"), random() * 60)
    await child.exited
    expect(checkDeploymentFile(path)).toEqual([])
    expect(["first 300", "second 300"]).toContain(
      Object.entries(channelsOf(path)).join().replace(",", " "),
    )
  }
  const last = Bun.spawn([process.execPath, program, first, path], { stdout: "ignore" })
  expect(await last.exited).toBe(0)
  expect(channelsOf(path)).toEqual({ first: 300 })
}, 60_000)
