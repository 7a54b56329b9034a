/**
 * The doctor: runs every check at once, each within a time limit, and mends what may be mended when it is
 * asked to. A check that breaks is a finding like any other: the others are still told.
 */
import { withDeadline } from "../base/async.ts"
import { TinaError, reasonOf } from "../base/errors.ts"
import {
  fail,
  findingStatuses,
  type Check,
  type Finding,
  type FindingStatus,
} from "./checks/check.ts"

export interface Report extends Finding {
  readonly name: string
  /** Something was wrong, and was mended just now. */
  readonly mended?: true
}

export interface ExamineOptions {
  readonly signal: AbortSignal
  /** Mend what the checks offer to. */
  readonly fix: boolean
  /** For each check; 15 s unless given. */
  readonly timeLimitMs?: number
}

/** The reports in the order of the checks. */
export async function examine(
  checks: readonly Check[],
  options: ExamineOptions,
): Promise<readonly Report[]> {
  const reports = await Promise.all(checks.map((check) => lookAt(check, options)))
  if (!options.fix) return reports
  // One after the other: two that mend the same thing would be in each other's way.
  const mended: Report[] = []
  for (const [index, report] of reports.entries()) {
    mended.push(await mendIfNeeded(checks[index], report, options))
  }
  return mended
}

/** The worst of the reports: what a script wants to know. */
export function worstStatus(reports: readonly Finding[]): FindingStatus {
  const ranks = reports.map(({ status }) => findingStatuses.indexOf(status))
  return findingStatuses[Math.max(0, ...ranks)] ?? "ok"
}

async function lookAt(check: Check, options: ExamineOptions): Promise<Report> {
  return { name: check.name, ...(await findingOf((signal) => check.look(signal), check, options)) }
}

async function findingOf(
  look: (signal: AbortSignal) => Promise<Finding>,
  { name }: Check,
  { signal, timeLimitMs = 15_000 }: ExamineOptions,
): Promise<Finding> {
  try {
    return await withDeadline(look, { ms: timeLimitMs, what: `check ${name}`, signal })
  } catch (error) {
    signal.throwIfAborted()
    return fail(reasonOf(error), error instanceof TinaError ? error.hint : undefined)
  }
}

async function mendIfNeeded(
  check: Check | undefined,
  report: Report,
  options: ExamineOptions,
): Promise<Report> {
  const mend = check?.mend
  if (check === undefined || mend === undefined || report.status === "ok") return report
  const finding = await findingOf(
    async (signal) => {
      await mend(signal)
      return await check.look(signal)
    },
    check,
    // Mending may take as long as the disk needs.
    { ...options, timeLimitMs: 600_000 },
  )
  return { name: check.name, ...finding, ...(finding.status === "ok" && { mended: true }) }
}
