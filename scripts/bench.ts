/**
 * Measures figures of the compiled binary: `bun run bench [NAME...] [--json]`. A name may be the beginning
 * of several (`sync`). Progress goes to stderr, the result to stdout; the exit code is 1 when a bench failed.
 */
import { describeMachine } from "../bench/machine.ts"
import { type Bench, type Figure, figureOf } from "../bench/bench.ts"
import { benches } from "../bench/figures.ts"
import { reasonOf } from "../src/base/errors.ts"

const options = process.argv.slice(2)
const wanted = options.filter((option) => !option.startsWith("--"))
const asJson = options.includes("--json")

function isWanted({ name }: Bench): boolean {
  return wanted.length === 0 || wanted.some((start) => name.startsWith(start))
}

function formatFigure(name: string, figure: Figure): string {
  const numbers = "value" in figure ? `${figure.value}` : `p50 ${figure.p50}, p99 ${figure.p99}`
  return `${name.padEnd(30)} ${numbers} ${figure.unit} (n = ${figure.n})`
}

async function main(): Promise<number> {
  const chosen = benches.filter(isWanted)
  if (chosen.length === 0) {
    console.error(`no figure ${wanted.join(", ")}; there are:`)
    for (const { name, summary } of benches) console.error(`  ${name.padEnd(30)} ${summary}`)
    return 2
  }
  const stop = new AbortController()
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort())
  const figures: Record<string, Figure> = {}
  let failures = 0
  for (const bench of chosen) {
    if (stop.signal.aborted) break
    console.error(`measuring ${bench.name}`)
    try {
      figures[bench.name] = figureOf(bench.unit, await bench.run({ signal: stop.signal }))
    } catch (error) {
      failures++
      console.error(`cannot measure ${bench.name}: ${reasonOf(error)}`)
    }
  }
  const machine = describeMachine()
  if (asJson) console.log(JSON.stringify({ machine, figures }, null, 2))
  else printText(machine, figures)
  return failures > 0 || stop.signal.aborted ? 1 : 0
}

function printText(machine: object, figures: Record<string, Figure>): void {
  console.log(Object.values(machine).join(", "))
  for (const [name, figure] of Object.entries(figures)) console.log(formatFigure(name, figure))
}

process.exitCode = await main()
