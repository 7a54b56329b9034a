/** How many of something a second: the median of several runs, each of about a second. */
import { Database } from "bun:sqlite"
import { join } from "node:path"
import { percentile } from "../bench.ts"

const runs = 5
const runMs = 1000

/** Calls again and again, with so many calls under way at once. After a first run that counts for nothing. */
export async function measureRate(
  call: (round: number) => Promise<unknown>,
  { inFlight, signal }: { readonly inFlight: number; readonly signal: AbortSignal },
): Promise<number> {
  let round = 0
  const rates: number[] = []
  for (let run = 0; run <= runs; run++) {
    const first = round
    const startedAt = performance.now()
    const repeat = async () => {
      while (performance.now() - startedAt < runMs) {
        signal.throwIfAborted()
        await call(round++)
      }
    }
    await Promise.all(Array.from({ length: inFlight }, repeat))
    rates.push((round - first) / ((performance.now() - startedAt) / 1000))
  }
  return percentile(rates.slice(1), 0.5)
}

/** Commits of one row a second by bun:sqlite alone, as durable as those of the deployment. */
export async function measureRawCommits(directory: string, signal: AbortSignal): Promise<number> {
  using database = new Database(join(directory, "raw.db"), { create: true, strict: true })
  database.run("PRAGMA journal_mode = WAL")
  database.run("PRAGMA synchronous = FULL")
  database.run("CREATE TABLE marks (place INTEGER, text TEXT)")
  const insert = database.query("INSERT INTO marks VALUES (?, ?)")
  const commit = (round: number) => Promise.resolve(insert.run(round, "a mark"))
  return await measureRate(commit, { inFlight: 1, signal })
}
