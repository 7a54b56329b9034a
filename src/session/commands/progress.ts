/** `status` and `wait`: how far a phase is, now or when it ends. */
import { sessionLeaf } from "../command-line.ts"
import { optionalNumber, optionalText, phaseNumber, whichOrchestration } from "../flags.ts"
import { phaseSession } from "../names.ts"
import { readReport } from "../progress/phase-report.ts"
import { statusUpdate } from "../progress/status-update.ts"
import { type PhaseEnd, waitForPhase } from "../progress/wait.ts"
import { printJson } from "../session.ts"
import { findOrchestration } from "../state/find.ts"

const which = {
  ...whichOrchestration,
  phase: phaseNumber(),
  team: optionalText("Its team, where it is not the phase's usual one"),
}

const exitCodes: Readonly<Record<PhaseEnd["status"], number>> = {
  complete: 0,
  blocked: 1,
  timeout: 2,
  session_died: 3,
}

export const statusCommand = sessionLeaf({
  name: "status",
  summary: "Print how far a phase is, as JSON",
  flags: which,
  run: async (flags, session) => {
    const orchestration = findOrchestration(session, flags)
    const { phase, team } = flags
    const report = readReport(orchestration.worktree, phase)
    const update = { report, elapsedSeconds: 0, phase, team }
    printJson(session, await statusUpdate(session, orchestration, update))
  },
})

export const waitCommand = sessionLeaf({
  name: "wait",
  summary: "Wait until a phase is complete (exit 0), blocked (1), out of time (2) or dead (3)",
  flags: {
    ...which,
    timeout: optionalNumber("Seconds after which to stop waiting"),
    stream: optionalNumber("Seconds between two lines about how far it is; none unless given"),
  },
  run: async (flags, session) => {
    const orchestration = findOrchestration(session, flags)
    const { phase, team, timeout, stream } = flags
    const end = await waitForPhase(session, orchestration, {
      phase,
      tmuxName: phaseSession(orchestration.state.feature, phase),
      timeoutMs: secondsToMs(timeout),
      streamMs: secondsToMs(stream),
      onProgress: async (report, elapsedMs) => {
        const moment = { report, elapsedSeconds: Math.floor(elapsedMs / 1000), phase, team }
        printJson(session, await statusUpdate(session, orchestration, moment))
      },
    })
    const { status, report } = end
    if (stream !== undefined) {
      const moment = { report, elapsedSeconds: Math.floor(end.elapsedMs / 1000), phase, team }
      const last = await statusUpdate(session, orchestration, moment)
      printJson(session, { ...last, status, reason: reasonFor(end) })
    } else {
      printJson(session, { status, git_range: report.git_range, reason: reasonFor(end) })
    }
    return exitCodes[status]
  },
})

function reasonFor({ status, report, elapsedMs }: PhaseEnd): string | undefined {
  switch (status) {
    case "complete":
      return undefined
    case "blocked":
      return report.reason
    case "timeout":
      return `not done after ${Math.floor(elapsedMs / 1000)} seconds`
    case "session_died":
      return "its tmux session does not exist"
  }
}

function secondsToMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000
}
