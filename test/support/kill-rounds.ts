/**
 * Clients write through an official client while the deployment is killed again and again: everything that was asked for
 * happens once, what was acknowledged is there, nothing is half applied, and after each kill the indexes agree with the documents.
 */
import { Database } from "bun:sqlite"
import { createSeededRandom } from "../../src/harness/seeded-random.ts"
import { checkDeploymentFile } from "../../src/local/check-file.ts"
import { api } from "./convex-functions/api.js"
import { eventually } from "./eventually.ts"
import { serveProcess } from "./killed-deployment.ts"
import { openClient } from "./local-deployment.ts"

export interface KillRounds {
  /** The deployment's file. */
  readonly path: string
  readonly kills: number
  /** Between two kills. Each moves an amount between two counters and sends a message. */
  readonly mutations: number
  readonly seed: number
  readonly afterKill?: (kill: number) => void
}

export interface KillOutcome {
  /** One sentence for each thing that is not as it should be. */
  readonly problems: readonly string[]
  readonly acknowledged: number
}

const WRITERS = 20

export async function killInTheMiddle(rounds: KillRounds): Promise<KillOutcome> {
  const { path, kills, mutations, seed } = rounds
  const random = createSeededRandom(seed).next
  const problems: string[] = []
  let server = await serveProcess(path)
  const { url, port } = server
  const client = openClient(url)
  const acknowledged: string[] = []
  let asked = 0
  let wanted = 0

  async function write(): Promise<void> {
    while (asked < wanted) {
      asked += 1
      const body = String(asked)
      await client.mutation(api.counters.moveAndSend, { from: "x", to: "y", body })
      acknowledged.push(body)
    }
  }

  try {
    for (let kill = 1; kill <= kills; kill += 1) {
      wanted += mutations
      const target = acknowledged.length + Math.floor(random() * mutations * 0.9)
      const writing = Promise.all(Array.from({ length: WRITERS }, write))
      await eventually(() => acknowledged.length >= target, { withinMs: 60_000 })
      await server.kill()
      for (const problem of checkDeploymentFile(path)) problems.push(`kill ${kill}: ${problem}`)
      server = await serveProcess(path, port)
      await writing
      rounds.afterKill?.(kill)
    }
    const counters = ["x", "y"].map((name) => client.query(api.counters.read, { name }))
    const [x, y] = await Promise.all(counters)
    if (y !== wanted || x !== -wanted) problems.push(`${x} and ${y} are counted, not ${wanted}`)
  } finally {
    await client.close()
    await server.kill()
  }
  problems.push(...checkDeploymentFile(path), ...compareMessages(path, acknowledged, wanted))
  return { problems, acknowledged: acknowledged.length }
}

function compareMessages(path: string, acknowledged: readonly string[], wanted: number): string[] {
  using database = new Database(path, { readonly: true })
  const rows = database
    .query<{ body: string }, []>(
      `SELECT json_extract(value, '$.body') AS body FROM documents
         JOIN tables ON number = table_number WHERE name = 'messages'`,
    )
    .all()
  const stored = new Set(rows.map(({ body }) => body))
  const lost = acknowledged.filter((body) => !stored.has(body)).length
  return [
    stored.size === rows.length ? [] : `${rows.length - stored.size} messages are there twice`,
    stored.size === wanted ? [] : `${stored.size} messages are there of ${wanted}`,
    lost === 0 ? [] : `${lost} acknowledged mutations are lost`,
  ].flat()
}
