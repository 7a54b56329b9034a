/**
 * The one gate: every check and every test, one line per step, and the output of a step that failed.
 * The last line on stdout is the sum over all of them; the exit code is 1 when anything failed.
 * `bun run gate lint unit` runs the named steps only. It changes nothing in the project but
 * `./tina-daemon`, and the tests see an empty home directory instead of the person's own.
 */
import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { runProcess } from "../src/base/process.ts"
import { addTallies, formatTally, readTally, type Tally } from "./tally.ts"

interface Step {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  /** Its output ends with the summary of `bun test`. */
  readonly isSuite?: boolean
  /** Why it cannot run on this machine. */
  readonly skip?: string | undefined
}

const root = join(import.meta.dir, "..")
const bun = process.execPath
const limits = { timeLimitMs: 420_000, maxOutputBytes: 1 << 20 }

/** Shell scripts have no ending: they are the files whose first line says so. */
async function shellScripts(): Promise<string[]> {
  const files = (await readdir(join(root, "scripts"))).map((name) => `scripts/${name}`)
  const scripts: string[] = []
  for (const file of [...files, ".ci/run"]) {
    const [firstLine = ""] = (await Bun.file(join(root, file)).text()).split("\n", 1)
    if (/^#!\/bin\/sh|^# shellcheck shell=sh/.test(firstLine)) scripts.push(file)
  }
  return scripts
}

async function checks(): Promise<Step[]> {
  const oxlint = join(root, "node_modules/oxlint/bin/oxlint")
  return [
    { name: "typecheck", command: [bun, "check", "--no-script"] },
    { name: "format", command: [bun, "fmt", "--no-script", "--check"] },
    { name: "lint", command: [bun, "--bun", oxlint, "--type-aware", "--deny-warnings"] },
    { name: "codegen", command: [bun, "scripts/codegen.ts", "--check"] },
    { name: "docs", command: [bun, "scripts/docs.ts", "--check"] },
    {
      name: "shellcheck",
      command: ["shellcheck", "-x", ...(await shellScripts())],
      skip: Bun.which("shellcheck") === null ? "shellcheck is not installed" : undefined,
    },
    { name: "build", command: [bun, "scripts/build.ts"] },
  ]
}

interface SuiteOptions {
  readonly paths: readonly string[]
  /** Where to leave the report of the lines that ran. */
  readonly coverage?: string
  /** How many files at a time, each in a process of its own. */
  readonly atOnce?: number
}

function suite(name: string, { paths, coverage, atOnce = 1 }: SuiteOptions): Step {
  const isolated = atOnce === 1 ? "--isolate" : `--parallel=${atOnce}`
  const flags = [isolated, "--no-orphans", "--only-failures", "--timeout=20000"]
  const report = ["--coverage-reporter=lcov", `--coverage-dir=${coverage}/${name}`]
  const measured = coverage === undefined ? [] : report
  return { name, command: [bun, "test", ...flags, ...measured, ...paths], isSuite: true }
}

function suites(coverage: string): Step[] {
  return [
    suite("unit", { paths: ["./test/architecture.test.ts", "./test/unit"], coverage }),
    suite("property", { paths: ["./test/property"], coverage, atOnce: 2 }),
    suite("integration", { paths: ["./test/integration"], coverage, atOnce: 2 }),
    { name: "coverage", command: [bun, "scripts/coverage.ts", coverage] },
    suite("fault", { paths: ["./test/fault"] }),
    suite("e2e", { paths: ["./test/e2e"] }),
    {
      name: "soak",
      command: [bun, "scripts/soak.ts", "--minutes=1"],
      skip: process.platform === "linux" ? undefined : "memory is read from /proc",
    },
  ]
}

/** The environment of the tests: none of the person's settings, and no snapshot written unasked. */
function testEnv(home: string): Record<string, string | undefined> {
  const foreign = /^(XDG_|TINA_|CLAUDE_|NO_COLOR$|FORCE_COLOR$)/
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  return { ...Object.fromEntries(kept), HOME: home, CI: "1" }
}

interface Result {
  readonly passed: boolean
  readonly output: string
}

async function runCommand(step: Step, home: string, signal: AbortSignal): Promise<Result> {
  const env = step.isSuite ? testEnv(home) : process.env
  const outcome = await runProcess({ argv: step.command, cwd: root, env }, { ...limits, signal })
  if (outcome.status === "not_started") return { passed: false, output: outcome.reason }
  const output = `${outcome.stdout.text}${outcome.stderr.text}`
  if (outcome.status === "exited") return { passed: outcome.code === 0, output }
  return { passed: false, output: `${output}\n${step.name} ended early: ${outcome.status}` }
}

/** A suite that ends without counts, or runs nothing, has failed once more than it says. */
function tallyOf(step: Step, { passed, output }: Result): Tally {
  const tally = step.isSuite ? readTally(output) : { passed: passed ? 1 : 0, failed: 0, skipped: 0 }
  const isCounted = tally.failed > 0 || (passed && tally.passed > 0)
  return isCounted ? tally : { ...tally, failed: 1 }
}

async function runStep(step: Step, home: string, signal: AbortSignal): Promise<Tally> {
  const name = step.name.padEnd(12)
  if (step.skip !== undefined) {
    console.log(`skip ${name} ${step.skip}`)
    return { passed: 0, failed: 0, skipped: 1 }
  }
  const startedAt = performance.now()
  const result = await runCommand(step, home, signal)
  const tally = tallyOf(step, result)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)
  const counts = step.isSuite ? `  ${formatTally(tally)}` : ""
  console.log(`${tally.failed === 0 ? "ok  " : "FAIL"} ${name} ${seconds} s${counts}`)
  if (tally.failed > 0) console.log(result.output.trimEnd() || "no test ran")
  return tally
}

async function runSteps(steps: readonly Step[], home: string, signal: AbortSignal) {
  const tallies: Tally[] = []
  for (const step of steps) {
    if (!signal.aborted) tallies.push(await runStep(step, home, signal))
  }
  return addTallies(tallies)
}

function namesOf(steps: readonly Step[]): string {
  return steps.map(({ name }) => name).join(", ")
}

async function main(wanted: readonly string[]): Promise<number> {
  await using scratch = await makeScratch()
  const steps = [...(await checks()), ...suites(join(scratch.path, "coverage"))]
  const unknown = wanted.filter((name) => steps.every((step) => step.name !== name))
  if (unknown.length > 0) {
    console.error(`no step ${unknown.join(", ")}; there are ${namesOf(steps)}`)
    return 2
  }
  const stop = new AbortController()
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort())
  const chosen = steps.filter(({ name }) => wanted.length === 0 || wanted.includes(name))
  const total = await runSteps(chosen, scratch.path, stop.signal)
  console.log(formatTally(total))
  return total.failed > 0 || stop.signal.aborted ? 1 : 0
}

async function makeScratch(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "tina-gate-"))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

process.exitCode = await main(process.argv.slice(2))
