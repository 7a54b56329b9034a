/**
 * Runs the compiled binary under load for a while: `bun run soak [--minutes N] [--seed N] [--local] [--json]`,
 * where `--local` takes the deployment inside the daemon. Progress and the seed go to stderr, the result to stdout;
 * the exit code is 1 when the daemon grew, or lost something.
 */
import { parseArgs } from "node:util"
import type { Counts } from "../bench/soak/activities.ts"
import { runSoak, type SoakResult } from "../bench/soak/soak.ts"
import { reasonOf } from "../src/base/errors.ts"

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    local: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
})

/** What may be gained after a warm-up of five minutes, and in a short soak, which is mostly warm-up. */
const maxRssGrowthMb = { long: 5, short: 15 }
const longMinutes = 15

function complaints(result: SoakResult, minutes: number): string[] {
  const { rssGrowthMb, descriptorGrowth, rowsEqualFiles } = result
  const limitMb = minutes >= longMinutes ? maxRssGrowthMb.long : maxRssGrowthMb.short
  return [
    rssGrowthMb < limitMb ? [] : `memory grew by ${rssGrowthMb.toFixed(1)} MB`,
    descriptorGrowth <= 0 ? [] : `${descriptorGrowth} descriptors were not closed`,
    rowsEqualFiles ? [] : "the rows are not those of the files",
  ].flat()
}

function printText({ rssMb, rssGrowthMb, descriptorGrowth, counts }: SoakResult): void {
  console.log(`memory       ${rssMb.toFixed(1)} MB, grown by ${rssGrowthMb.toFixed(1)} MB`)
  console.log(`descriptors  grown by ${descriptorGrowth}`)
  for (const [name, count] of Object.entries(counts)) console.log(`${name.padEnd(12)} ${count}`)
}

const tellEveryMs = 10_000

function createProgress() {
  const startedAt = performance.now()
  let toldMs = 0
  return (rssMb: number, counts: Counts): void => {
    const atMs = performance.now() - startedAt
    if (atMs - toldMs < tellEveryMs) return
    toldMs = atMs
    const seconds = String(Math.round(atMs / 1000)).padStart(5)
    const done = Object.entries(counts).map(([name, count]) => `${count} ${name}`)
    console.error(`${seconds} s  ${rssMb.toFixed(1)} MB  ${done.join(", ")}`)
  }
}

async function main(): Promise<number> {
  const minutes = Number(values.minutes)
  const seed = Number(values.seed)
  if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
    console.error("usage: bun run soak [--minutes N] [--seed N] [--local] [--json]")
    return 2
  }
  const stop = new AbortController()
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort())
  console.error(`soaking for ${minutes} minutes, seed ${seed}`)
  try {
    const options = { minutes, seed, isLocal: values.local, signal: stop.signal }
    const result = await runSoak({ ...options, progress: createProgress() })
    if (values.json) console.log(JSON.stringify(result, null, 2))
    else printText(result)
    const wrong = complaints(result, minutes)
    for (const complaint of wrong) console.error(complaint)
    return wrong.length > 0 || stop.signal.aborted ? 1 : 0
  } catch (error) {
    console.error(`cannot soak: ${reasonOf(error)}`)
    return 1
  }
}

process.exitCode = await main()
