/** Where nothing runs: how something comes here. */
import { Empty } from "../parts/empty.tsx"

export function NothingRuns() {
  return (
    <Empty title="No team is at work" command="CLAUDE_CODE_ENABLE_TODO_TOOLS=1 claude">
      Start a team of agents on a machine that runs tina-daemon, and it appears here within a
      moment. Newer models write task files only when this variable is set.
    </Empty>
  )
}
