/**
 * Throws lines of every sort at the control socket of the compiled binary: `bun run fuzz [--lines N] [--seed N]`.
 * The seed goes to stderr first, so that a failure can be run again. The exit code is 1 when a line was not
 * answered exactly once, when the daemon's memory grew, or when it is not the same daemon at the end.
 */
import { join } from "node:path"
import { parseArgs } from "node:util"
import { growthOf } from "../bench/growth.ts"
import { countDescriptors, readRssMb } from "../bench/process-cost.ts"
import { startDaemon } from "../bench/running-daemon.ts"
import { reasonOf } from "../src/base/errors.ts"
import { socketLimits } from "../src/control/socket.ts"
import { connectRaw } from "../test/support/control-socket.ts"
import { fuzzBatch, fuzzLines } from "../test/support/fuzz-lines.ts"
import { tmpHome } from "../test/support/tmp-home.ts"

const { values } = parseArgs({
  options: {
    lines: { type: "string", default: "400000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
})

const linesPerClient = 200
const maxRssGrowthMb = 5
/** Memory goes up and down by 30 MB in each 20,000 lines or so: fewer lines than these show no trend. */
const enoughLines = 300_000

interface Batches {
  readonly lines: number
  readonly seed: number
  readonly signal: AbortSignal
}

/** What was wrong; empty when nothing was. */
async function fuzz({ lines, seed, signal }: Batches): Promise<string[]> {
  await using home = await tmpHome()
  await using daemon = await startDaemon(home, { signal })
  const before = await daemon.control.call("daemon.status")
  const line = fuzzLines(socketLimits.maxLineBytes)
  const count = Math.ceil(lines / linesPerClient)
  const wrong: string[] = []
  const rssMb: number[] = []
  const descriptors = countDescriptors(daemon.pid)
  for (let n = 0; n < count && !signal.aborted; n++) {
    const { pieces, due } = fuzzBatch(line, seed + n, linesPerClient)
    const answers = await answersTo(join(home.stateDir, "daemon.sock"), pieces)
    if (answers !== due) wrong.push(`client ${n} got ${answers} answers of ${due}`)
    rssMb.push(readRssMb(daemon.pid))
    if (n % 50 === 0) console.error(`${n * linesPerClient} lines, ${rssMb.at(-1)?.toFixed(1)} MB`)
  }
  const growth = growthOf(rssMb)
  console.log(`${count * linesPerClient} lines, memory grew by ${growth.toFixed(1)} MB`)
  if (lines >= enoughLines && growth > maxRssGrowthMb) wrong.push("memory grew")
  const left = countDescriptors(daemon.pid) - descriptors
  if (left > 0) wrong.push(`${left} descriptors were not closed`)
  const { pid } = await daemon.control.call("daemon.status")
  if (pid !== before.pid) wrong.push("the daemon was replaced")
  return wrong
}

async function answersTo(path: string, pieces: readonly Uint8Array[]): Promise<number> {
  await using client = await connectRaw(path)
  for (const piece of pieces) client.send(piece)
  client.halfClose()
  return (await client.rest()).length
}

async function main(): Promise<number> {
  const lines = Number(values.lines)
  const seed = Number(values.seed)
  if (!(lines > 0) || !Number.isSafeInteger(seed)) {
    console.error("usage: bun run fuzz [--lines N] [--seed N]")
    return 2
  }
  const stop = new AbortController()
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort())
  console.error(`fuzzing with ${lines} lines, seed ${seed}`)
  try {
    const wrong = await fuzz({ lines, seed, signal: stop.signal })
    for (const complaint of wrong) console.error(complaint)
    return wrong.length > 0 || stop.signal.aborted ? 1 : 0
  } catch (error) {
    console.error(`cannot fuzz: ${reasonOf(error)}`)
    return 1
  }
}

process.exitCode = await main()
