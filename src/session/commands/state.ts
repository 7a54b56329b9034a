/** `state update|phase-complete|blocked|show`: the state set by hand, and shown. */
import { TinaError } from "../../base/errors.ts"
import { toPrintable } from "../../base/printable.ts"
import { comparePhaseNumbers } from "../../model/phase-number.ts"
import { specDocOf, type SupervisorState } from "../../model/supervisor-state.ts"
import { phaseStatuses } from "../../model/statuses.ts"
import { sessionLeaf } from "../command-line.ts"
import {
  choice,
  optionalChoice,
  optionalPhaseNumber,
  optionalText,
  phaseNumber,
  text,
  whichOrchestration,
} from "../flags.ts"
import { setStatus, type StatusChange } from "../orchestration/set-status.ts"
import { phaseOf } from "../orchestration/step.ts"
import { printJson, printLine, type Session } from "../session.ts"
import { findOrchestration, type Wanted } from "../state/find.ts"
import { resolvePlan } from "../worktree/plans.ts"
import { moveState } from "./move.ts"

const where = { ...whichOrchestration, phase: phaseNumber() }

export const stateUpdateCommand = sessionLeaf({
  name: "state update",
  summary: "Set the status of a phase by hand",
  flags: {
    ...where,
    status: choice(phaseStatuses, "New status"),
    "plan-path": optionalText("Its plan"),
  },
  run: async (flags, session) => {
    const { phase, status } = flags
    requireOrdinary(status)
    const { worktree } = findOrchestration(session, flags)
    const plan = flags["plan-path"]
    const planPath = plan === undefined ? undefined : await resolvePlan(worktree, plan)
    await change(session, flags, { phase, status, planPath })
    printLine(session, `Updated phase ${phase} status to '${status}'`)
  },
})

export const statePhaseCompleteCommand = sessionLeaf({
  name: "state phase-complete",
  summary: "Set a reviewed phase complete by hand and open the next",
  flags: { ...where, "git-range": text("Its commits, as FIRST..LAST") },
  run: async (flags, session) => {
    const { phase } = flags
    const gitRange = flags["git-range"]
    await change(session, flags, { phase, status: "complete", gitRange })
    printLine(session, `Phase ${phase} complete. Git range: ${gitRange}`)
  },
})

export const stateBlockedCommand = sessionLeaf({
  name: "state blocked",
  summary: "Block a phase by hand",
  flags: { ...where, reason: text("Why") },
  run: async (flags, session) => {
    const { phase, reason } = flags
    await change(session, flags, { phase, status: "blocked", reason })
    printLine(session, `Phase ${phase} blocked: ${reason}`)
  },
})

export const stateShowCommand = sessionLeaf({
  name: "state show",
  summary: "Print the state, or that of one phase",
  flags: {
    ...whichOrchestration,
    phase: optionalPhaseNumber(),
    format: optionalChoice(["text", "json"], "How: text unless given"),
  },
  run: async (flags, session) => {
    const { state } = findOrchestration(session, flags)
    const { phase, format } = flags
    if (phase !== undefined) requirePhase(state, phase)
    if (format === "json") {
      printJson(session, phase === undefined ? state : phaseOf(state, phase))
      return
    }
    const lines = phase === undefined ? stateLines(state) : [phaseLine(state, phase)]
    for (const line of lines) printLine(session, toPrintable(line))
  },
})

async function change(session: Session, wanted: Wanted, change: StatusChange): Promise<void> {
  const orchestration = findOrchestration(session, wanted)
  const what = `set phase ${change.phase} to ${change.status}`
  await moveState(session, orchestration, {
    what,
    apply: (state, facts) => setStatus(state, change, facts),
  })
}

function requireOrdinary(status: string): void {
  const instead = { complete: "state phase-complete", blocked: "state blocked" }[status]
  if (instead === undefined) return
  throw new TinaError("usage", `cannot set the status ${status}: Use '${instead}'`, {
    hint: `tina-session ${instead} --help`,
  })
}

function requirePhase(state: SupervisorState, phase: string): void {
  if (phaseOf(state, phase) !== undefined) return
  const total = `total phases: ${state.total_phases}`
  throw new TinaError("not_found", `cannot show phase ${phase}: it has not begun (${total})`)
}

function stateLines(state: SupervisorState): readonly string[] {
  const phases = Object.keys(state.phases).sort(comparePhaseNumbers)
  return [
    `Feature:   ${state.feature}`,
    `Status:    ${state.status}${state.paused === undefined ? "" : ` (${state.paused.reason})`}`,
    `Phase:     ${state.current_phase}/${state.total_phases}`,
    `Worktree:  ${state.worktree_path}`,
    `Branch:    ${state.branch}`,
    `Spec:      ${specDocOf(state) ?? "none"}`,
    `Started:   ${state.orchestration_started_at}`,
    ...phases.map((phase) => phaseLine(state, phase)),
  ]
}

function phaseLine(state: SupervisorState, phase: string): string {
  const found = phaseOf(state, phase)
  const details = [found?.plan_path, found?.git_range, found?.blocked_reason]
  const shown = details.filter((detail) => detail !== undefined)
  return [`Phase ${phase}:`, found?.status ?? "", ...shown].join(" ")
}
