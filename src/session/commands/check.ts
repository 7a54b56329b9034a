/** `check doctor|plan|complexity|verify`: gates that an agent passes before it says that it is done. */
import { realpathSync } from "node:fs"
import { join, resolve } from "node:path"
import { TinaError } from "../../base/errors.ts"
import { readFileLimited } from "../../base/files.ts"
import { runProcess } from "../../base/process.ts"
import { complexityProblems, isSource } from "../checks/complexity.ts"
import { planProblems } from "../checks/plan-check.ts"
import { type Check, checksOf } from "../checks/project-checks.ts"
import { sessionLeaf } from "../command-line.ts"
import { numberOr, optionalText, text } from "../flags.ts"
import { printLine, type Session } from "../session.ts"
import { git, gitText } from "../worktree/git.ts"

const maxSourceBytes = 4 * 1024 * 1024
const checkLimitMs = 30 * 60_000
const where = { cwd: optionalText("The worktree; the current directory unless given") }

export const checkPlanCommand = sessionLeaf({
  name: "check plan",
  summary: "Check that a plan has a title and numbered tasks",
  flags: { path: text("The plan") },
  run: async (flags, session) => {
    const path = resolve(session.cwd, flags.path)
    const reading = readFileLimited(path, maxSourceBytes)
    if (reading.status !== "read") {
      throw new TinaError("not_found", `cannot check the plan ${path}: it is ${reading.status}`)
    }
    const problems = planProblems(new TextDecoder().decode(reading.bytes))
    return verdict(session, "Plan validation", problems)
  },
})

export const checkComplexityCommand = sessionLeaf({
  name: "check complexity",
  summary: "Check the length of the source files that the branch has changed",
  flags: {
    ...where,
    "max-file-lines": numberOr(400, "Most lines of a file"),
    "max-total-lines": numberOr(2000, "Most lines of all of them"),
    "max-function-lines": numberOr(50, "Most lines of a function"),
  },
  run: async (flags, session) => {
    const cwd = resolve(session.cwd, flags.cwd ?? ".")
    const files = (await changedFiles(session, cwd)).filter(isSource).flatMap((path) => {
      const reading = readFileLimited(join(cwd, path), maxSourceBytes)
      return reading.status === "read"
        ? [{ path, text: new TextDecoder().decode(reading.bytes) }]
        : []
    })
    const problems = complexityProblems(files, {
      maxFileLines: flags["max-file-lines"],
      maxTotalLines: flags["max-total-lines"],
      maxFunctionLines: flags["max-function-lines"],
    })
    return verdict(session, "Complexity check", problems)
  },
})

export const checkVerifyCommand = sessionLeaf({
  name: "check verify",
  summary: "Run the project's tests and lint, or what its tina-checks.toml lists",
  flags: where,
  run: async (flags, session) => {
    const cwd = resolve(session.cwd, flags.cwd ?? ".")
    const checks = checksOf(cwd)
    if (checks.length === 0)
      throw new TinaError("not_found", `cannot verify ${cwd}: it has no checks`)
    const problems: string[] = []
    for (const check of checks) problems.push(...(await runCheck(session, check)))
    return verdict(session, "Verification", problems)
  },
})

export const checkDoctorCommand = sessionLeaf({
  name: "check doctor",
  summary: "Check that the programs which a session needs are on PATH",
  flags: {},
  run: async (_flags, session) => {
    const PATH = session.around.env["PATH"] ?? ""
    const found = ["git", "tmux", "claude"].map((name) => ({
      name,
      path: Bun.which(name, { PATH }),
    }))
    for (const { name, path } of found) printLine(session, `${name}: ${path ?? "missing"}`)
    const own = Bun.which("tina-session", { PATH })
    printLine(session, `tina-session: ${own ?? "not on PATH"}`)
    const missing = found
      .filter(({ path }) => path === null)
      .map(({ name }) => `${name} is missing`)
    return verdict(session, "Doctor", [...missing, ...driftOf(own)])
  },
})

/** Agents call whatever PATH finds; a copy of another version would act on the same state. */
function driftOf(own: string | null): readonly string[] {
  if (own === null) return ["tina-session is missing: make a link of that name to tina-daemon"]
  return Bun.isStandaloneExecutable && realpathSync(own) !== realpathSync(process.execPath)
    ? [`tina-session on PATH is ${realpathSync(own)}, not ${realpathSync(process.execPath)}`]
    : []
}

function verdict(session: Session, what: string, problems: readonly string[]): number {
  for (const problem of problems) printLine(session, `- ${problem}`)
  printLine(session, problems.length === 0 ? `${what} passed` : `${what} failed`)
  return problems.length === 0 ? 0 : 1
}

/** What the branch has changed since it left the main one, and what is not committed yet. */
async function changedFiles(session: Session, cwd: string): Promise<readonly string[]> {
  const base = await mergeBase(session, cwd)
  const diff = await gitText(session, cwd, ["diff", "--name-only", "--relative", "-z", base])
  const others = await gitText(session, cwd, ["ls-files", "--others", "--exclude-standard", "-z"])
  return [...new Set(`${diff}\0${others}`.split("\0"))].filter((path) => path !== "")
}

async function mergeBase(session: Session, cwd: string): Promise<string> {
  for (const main of ["origin/HEAD", "main", "master"]) {
    const answer = await git(session, cwd, ["merge-base", "HEAD", main])
    if (answer.code === 0) return answer.stdout.trim()
  }
  return "HEAD"
}

async function runCheck(session: Session, { name, cwd, argv }: Check): Promise<readonly string[]> {
  printLine(session, `Running ${name}`)
  const outcome = await runProcess(
    { argv, cwd, env: session.around.env },
    { signal: session.signal, timeLimitMs: checkLimitMs },
  )
  if (outcome.status === "not_started") return [`${name}: ${outcome.reason}`]
  if (outcome.status === "exited" && outcome.code === 0) return []
  const end = outcome.status === "exited" ? `exit code ${outcome.code}` : outcome.status
  return [`${name}: ${end}\n${outcome.stdout.text}${outcome.stderr.text}`.trimEnd()]
}
