/** `list`: the orchestrations of this machine that can be found from here. */
import { toPrintable } from "../../base/printable.ts"
import { sessionLeaf } from "../command-line.ts"
import { printLine } from "../session.ts"
import { allOrchestrations, type Orchestration } from "../state/find.ts"

const widths = [20, 40, 10, 10]

export const listCommand = sessionLeaf({
  name: "list",
  summary: "List the orchestrations of this machine",
  flags: {},
  run: async (_flags, session) => {
    const found = allOrchestrations(session)
    if (found.length === 0) {
      printLine(session, "No active orchestrations.")
      return
    }
    printLine(session, row(["FEATURE", "WORKTREE", "PHASE", "STATUS"]))
    printLine(session, "-".repeat(80))
    for (const orchestration of found) printLine(session, row(cellsOf(orchestration)))
  },
})

function cellsOf({ worktree, state }: Orchestration): readonly string[] {
  const phase = `${state.current_phase}/${state.total_phases}`
  return [state.feature, worktree, phase, state.status]
}

/** A cell that is too wide pushes the next, so that nothing that someone needs is cut. */
function row(cells: readonly string[]): string {
  return cells
    .map((cell, index) => toPrintable(cell).padEnd(widths[index] ?? 0))
    .join(" ")
    .trimEnd()
}
