/** The list at the left: what needs somebody, what runs, what was done today, and the machines. Pure. */
import type { ListRow } from "./list-move.ts"
import type { Need } from "./needs.ts"
import { reportOf, reportShort, reportText } from "./node-reports.ts"
import { nodeStatus } from "./node-status.ts"
import type { HistoryOrchestration, Node, NodeReport, Orchestration, Progress } from "./rows.ts"
import { doneText, elapsedText, phaseText, totalOf } from "./summary.ts"
import { formatAgo, formatDuration, instantOf, isSameDay } from "./time.ts"
import { shortName } from "./title.ts"
import { orchestrationLook, lookOf, type StatusLook } from "./tone.ts"
import type { Route } from "./route.ts"

export interface SidebarRow extends ListRow {
  readonly title: string
  readonly look?: StatusLook
  /** At the right end, short. */
  readonly aside?: string
  readonly count?: number
  readonly tooltip?: string
  readonly route?: Route
}

export interface SidebarContent {
  readonly orchestrations: readonly Orchestration[]
  readonly progressById: ReadonlyMap<string, Progress>
  readonly needs: readonly Need[]
  readonly finished: readonly HistoryOrchestration[]
  readonly nodes: readonly Node[]
  readonly reports: readonly NodeReport[]
  readonly now: number
  /** The keys of the sections that were closed by hand. */
  readonly closed: ReadonlySet<string>
}

export function sidebarRowsOf(content: SidebarContent): SidebarRow[] {
  const { needs, orchestrations, finished, nodes, reports, now } = content
  return [
    ...section(content, "Needs you", needs.map(needRow)),
    ...section(
      content,
      "Running",
      orchestrations
        .filter(({ _id }) => needs.every(({ orchestration }) => orchestration._id !== _id))
        .map((row) => runningRow(row, content)),
    ),
    ...section(
      content,
      "Done today",
      doneToday(finished, now).map((row) => doneRow(row, now)),
    ),
    ...section(
      content,
      "Nodes",
      nodes.map((node) => nodeRow(node, reportOf(node, reports), now)),
    ),
  ]
}

/** Those that were completed, or ended, on this day of the reader's. */
export function doneToday(
  finished: readonly HistoryOrchestration[],
  now: number,
): HistoryOrchestration[] {
  return finished.filter((row) =>
    isSameDay(instantOf(row.completedAt) ?? instantOf(row.endedAt) ?? 0, now),
  )
}

function section({ closed }: SidebarContent, title: string, rows: SidebarRow[]): SidebarRow[] {
  const key = `section:${title}`
  const isOpen = !closed.has(key)
  const heading: SidebarRow = {
    key,
    level: 1,
    isHeading: true,
    isOpen,
    opens: "toggle",
    title,
    count: rows.length,
  }
  return isOpen ? [heading, ...rows] : [heading]
}

function needRow({ orchestration, short, reason, tone }: Need): SidebarRow {
  const { _id: id, featureName } = orchestration
  return {
    key: `need:${id}`,
    level: 2,
    title: shortName(featureName),
    look: { tone, label: short },
    aside: short,
    tooltip: reason,
    note: reason,
    route: { screen: "orchestration", id },
  }
}

function runningRow(row: Orchestration, { progressById }: SidebarContent): SidebarRow {
  const progress = progressById.get(row._id)
  return {
    key: `running:${row._id}`,
    level: 2,
    title: shortName(row.featureName),
    look: orchestrationLook(row),
    aside: asideOf(progress),
    tooltip: `phase ${phaseText(row)}, ${doneText(progress)} tasks, on ${row.nodeName}`,
    route: { screen: "orchestration", id: row._id },
  }
}

function asideOf(progress: Progress | undefined): string {
  if (progress === undefined) return ""
  const total = totalOf(progress)
  return total === 0 ? "–" : `${progress.completed}/${total}${progress.isPartial ? "+" : ""}`
}

function doneRow(row: HistoryOrchestration, now: number): SidebarRow {
  return {
    key: `done:${row._id}`,
    level: 2,
    title: shortName(row.featureName),
    look: orchestrationLook(row),
    aside: elapsedText(row, now),
    tooltip: `on ${row.nodeName}`,
    route: { screen: "orchestration", id: row._id },
  }
}

/** A machine that is there and has problems is not simply well. */
function nodeRow(node: Node, report: NodeReport | undefined, now: number): SidebarRow {
  const problems = reportText(report)
  const status = nodeStatus(node, now)
  const { lastHeartbeat } = node
  const isTroubled = status === "online" && problems !== ""
  const seen = lastHeartbeat === undefined ? "never seen" : `seen ${formatAgo(lastHeartbeat, now)}`
  const silent = lastHeartbeat === undefined ? "never seen" : formatDuration(now - lastHeartbeat)
  return {
    key: `node:${node._id}`,
    level: 2,
    title: node.name,
    look: isTroubled ? { tone: "waiting", label: `online, ${problems}` } : lookOf(status),
    aside: isTroubled ? reportShort(report) : status === "online" ? "online" : silent,
    tooltip: [seen, problems].filter((part) => part !== "").join(", "),
    route: { screen: "nodes" },
  }
}
