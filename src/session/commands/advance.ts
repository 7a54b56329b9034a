/** `orchestrate next` and `orchestrate advance`: what to do now, and what has happened. */
import { TinaError } from "../../base/errors.ts"
import { isPhaseNumber } from "../../model/phase-number.ts"
import { sessionLeaf } from "../command-line.ts"
import { choice, list, optionalText, whichOrchestration } from "../flags.ts"
import { advance } from "../orchestration/advance.ts"
import { type EventName, eventNames, type OrchestrationEvent } from "../orchestration/event.ts"
import { next } from "../orchestration/next.ts"
import { printJson } from "../session.ts"
import { findOrchestration } from "../state/find.ts"
import { resolvePlan } from "../worktree/plans.ts"
import { type Move, moveState } from "./move.ts"

const maxKeyLength = 200

export const nextCommand = sessionLeaf({
  name: "orchestrate next",
  summary: "Print what to do now, as JSON; changes nothing",
  flags: whichOrchestration,
  run: async (flags, session) => printJson(session, next(findOrchestration(session, flags).state)),
})

export const advanceCommand = sessionLeaf({
  name: "orchestrate advance",
  summary: "Report what has happened; print what to do now, as JSON",
  flags: {
    ...whichOrchestration,
    event: choice(eventNames, "What has happened"),
    phase: optionalText("Phase that it happened to: a number, or validation or finalize"),
    "plan-path": optionalText(
      "The plan, with plan_complete; a relative path is below the worktree",
    ),
    "git-range": optionalText("The commits, with execute_complete, as FIRST..LAST"),
    issues: list("What a review found, or an error's reason: one text is split at commas"),
    issue: list("One issue, taken as it is"),
    key: optionalText("Applies the event only if no event with this key was applied before"),
  },
  run: async (flags, session) => {
    const { event: type, phase, key } = flags
    if (key !== undefined && key.length > maxKeyLength) {
      throw new TinaError("usage", `cannot use the key: it is longer than ${maxKeyLength}`)
    }
    const orchestration = findOrchestration(session, flags)
    const event = await eventOf(type, {
      phase,
      planPath: flags["plan-path"],
      gitRange: flags["git-range"],
      issues: [...splitIssues(flags.issues), ...flags.issue],
      reason: [...flags.issues, ...flags.issue].join(", "),
      worktree: orchestration.worktree,
    })
    const what = `apply ${type}${phase === undefined ? "" : ` to phase ${phase}`}`
    const move: Move = { what, key, apply: (state, facts) => advance(state, event, facts) }
    printJson(session, await moveState(session, orchestration, move))
  },
})

/** One text may hold several, parted by commas; of several texts each is one issue, commas and all. */
function splitIssues(given: readonly string[]): readonly string[] {
  const issues = given.length === 1 ? (given[0] ?? "").split(",") : given
  return issues.map((issue) => issue.trim()).filter((issue) => issue !== "")
}

interface Report {
  readonly phase: string | undefined
  readonly planPath: string | undefined
  readonly gitRange: string | undefined
  readonly issues: readonly string[]
  readonly reason: string
  readonly worktree: string
}

async function eventOf(type: EventName, report: Report): Promise<OrchestrationEvent> {
  switch (type) {
    case "validation_pass":
    case "validation_warning":
    case "validation_stop":
    case "finalize_complete":
    case "resume":
      return { type }
    case "pause":
      return { type, reason: report.reason || "paused by operator" }
    case "retry":
      return { type, phase: report.phase }
    case "error":
      return { type, phase: stepOf(type, report), reason: report.reason || "unknown error" }
    case "plan_complete": {
      const given = needed(type, "--plan-path", report.planPath)
      const planPath = await resolvePlan(report.worktree, given)
      return { type, phase: phaseOf(type, report), planPath }
    }
    case "execute_started":
    case "review_pass":
      return { type, phase: phaseOf(type, report) }
    case "execute_complete": {
      const gitRange = needed(type, "--git-range", report.gitRange)
      return { type, phase: phaseOf(type, report), gitRange }
    }
    case "review_gaps":
      return { type, phase: phaseOf(type, report), issues: report.issues }
  }
}

function phaseOf(type: EventName, { phase }: Report): string {
  const given = needed(type, "--phase", phase)
  if (isPhaseNumber(given)) return given
  throw usageError(type, `--phase must be a number such as 1 or 1.5, not ${JSON.stringify(given)}`)
}

function stepOf(type: EventName, report: Report): string {
  const { phase } = report
  return phase === "validation" || phase === "finalize" ? phase : phaseOf(type, report)
}

function needed(type: EventName, flag: string, value: string | undefined): string {
  if (value !== undefined) return value
  throw usageError(type, `${flag} is required`)
}

function usageError(type: EventName, problem: string): TinaError {
  return new TinaError("usage", `cannot apply ${type}: ${problem}`, {
    hint: "tina-session orchestrate advance --help",
  })
}
