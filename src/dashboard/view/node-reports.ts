/** What machines say is wrong with them, one entry for each thing, with the command that helps. Pure. */
import type { Node, NodeReport } from "./rows.ts"

export interface Finding {
  readonly key: string
  readonly node: Node
  readonly kind: "problem" | "unlinked"
  /** What it is about, in a few words. */
  readonly title: string
  readonly reason: string
  /** A command for a terminal on that machine. */
  readonly hint: string | undefined
  /** ISO 8601; unknown of a team that is not linked. */
  readonly since: string | undefined
}

/** Those of one machine after the other, problems before teams. */
export function findingsOf(nodes: readonly Node[], reports: readonly NodeReport[]): Finding[] {
  return nodes.flatMap((node) => {
    const report = reportOf(node, reports)
    return report === undefined ? [] : [...problemsOf(node, report), ...unlinkedOf(node, report)]
  })
}

export function reportOf(
  { _id }: Pick<Node, "_id">,
  reports: readonly NodeReport[],
): NodeReport | undefined {
  return reports.find(({ nodeId }) => nodeId === _id)
}

/** "2 problems, 1 team not linked"; empty where all is well. */
export function reportText(report: NodeReport | undefined): string {
  if (report === undefined) return ""
  const { problemCount: problems, unlinkedCount: teams } = report
  return [
    problems === 0 ? "" : problems === 1 ? "1 problem" : `${problems} problems`,
    teams === 0 ? "" : teams === 1 ? "1 team not linked" : `${teams} teams not linked`,
  ]
    .filter((part) => part !== "")
    .join(", ")
}

/** The same in two words. */
export function reportShort(report: NodeReport | undefined): string {
  const count = report === undefined ? 0 : report.problemCount + report.unlinkedCount
  return count === 0 ? "" : count === 1 ? "1 problem" : `${count} problems`
}

/** How many the machine did not send, because there are too many. */
export function unsentCount(report: NodeReport): number {
  const { problems, problemCount, unlinked, unlinkedCount } = report
  return problemCount - problems.length + unlinkedCount - unlinked.length
}

function problemsOf(node: Node, { problems }: NodeReport): Finding[] {
  return problems.map(({ source, code, message, hint, since }) => ({
    key: `${node._id}:problem:${source}`,
    node,
    kind: "problem",
    title: code.replaceAll("_", " "),
    reason: message,
    hint,
    since,
  }))
}

function unlinkedOf(node: Node, { unlinked }: NodeReport): Finding[] {
  return unlinked.map(({ dir, reason, hint }) => ({
    key: `${node._id}:unlinked:${dir}`,
    node,
    kind: "unlinked",
    title: dir,
    reason: `not linked: ${reason}`,
    hint,
    since: undefined,
  }))
}
