/** How much of the work is done and in hand, as a bar; the numbers stand beside it as text. */
import type { Progress } from "../view/rows.ts"
import { totalOf } from "../view/summary.ts"

export function ProgressBar({ progress }: { readonly progress: Progress | undefined }) {
  const total = progress === undefined ? 0 : totalOf(progress)
  const share = (count: number) => (total === 0 ? 0 : (100 * count) / total)
  return (
    <span className="bar" aria-hidden="true">
      <span className="bar-done" style={{ width: `${share(progress?.completed ?? 0)}%` }} />
      <span className="bar-running" style={{ width: `${share(progress?.inProgress ?? 0)}%` }} />
    </span>
  )
}
