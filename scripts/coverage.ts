/**
 * The floor under the tests' coverage: `bun scripts/coverage.ts DIRECTORY` adds up the lcov reports of all
 * suites below it. It is a floor and not a goal: it finds what nobody tests in the rooms that must not
 * lose anything. What only the tests of the compiled binary run is not seen.
 */
import { join } from "node:path"

const floor = 0.95
const rooms = ["base", "core", "store", "sync", "actions", "features"]

/** For each file, its executable lines and whether any suite ran them. */
type Coverage = Map<string, Map<number, boolean>>

async function readReports(directory: string): Promise<Coverage> {
  const coverage: Coverage = new Map()
  for await (const report of new Bun.Glob("*/lcov.info").scan({ cwd: directory })) {
    addReport(coverage, await Bun.file(join(directory, report)).text())
  }
  return coverage
}

function addReport(coverage: Coverage, report: string): void {
  let lines = new Map<number, boolean>()
  for (const row of report.split("\n")) {
    if (row.startsWith("SF:")) {
      const file = row.slice(3)
      lines = coverage.get(file) ?? new Map()
      coverage.set(file, lines)
    } else if (row.startsWith("DA:")) {
      const [line = 0, count = 0] = row.slice(3).split(",").map(Number)
      lines.set(line, lines.get(line) === true || count > 0)
    }
  }
}

/** The share of lines that ran in the files whose path begins so; undefined where there are none. */
function shareBelow(coverage: Coverage, path: string): number | undefined {
  const states = [...coverage].flatMap(([file, lines]) =>
    file.startsWith(path) ? [...lines.values()] : [],
  )
  return states.length === 0 ? undefined : states.filter(Boolean).length / states.length
}

function describeFile(file: string, lines: ReadonlyMap<number, boolean>): string {
  const missed = [...lines].flatMap(([line, hasRun]) => (hasRun ? [] : line))
  return `  ${file}: ${missed.join(" ")}`
}

/** What is below the floor, with the lines that no suite runs. */
function findGaps(coverage: Coverage): string[] {
  return rooms.flatMap((room) => {
    const path = `src/${room}/`
    const share = shareBelow(coverage, path)
    if (share === undefined || share >= floor) return []
    const files = [...coverage].filter(
      ([file, lines]) => file.startsWith(path) && [...lines.values()].includes(false),
    )
    const heading = `${path} ${(share * 100).toFixed(1)} % of lines run, the floor is ${floor * 100} %`
    return [heading, ...files.map(([file, lines]) => describeFile(file, lines))]
  })
}

const coverage = await readReports(process.argv[2] ?? "")
const gaps = coverage.size === 0 ? ["no suite left a report: run them all"] : findGaps(coverage)
for (const line of gaps) console.log(line)
process.exitCode = gaps.length > 0 ? 1 : 0
