/** Orchestrations by project, and those of no project by the machine that they run on. Pure. */
import type { Orchestration } from "./rows.ts"

export interface BoardGroup {
  readonly name: string
  readonly rows: readonly Orchestration[]
}

/** Groups in the order of their names; the order within a group is kept. */
export function groupsOf(
  orchestrations: readonly Orchestration[],
  projects: readonly { readonly _id: string; readonly name: string }[],
): BoardGroup[] {
  const names = new Map(projects.map(({ _id, name }) => [_id, name]))
  const groupOf = ({ projectId, nodeName }: Orchestration) =>
    (projectId === undefined ? undefined : names.get(projectId)) ?? nodeName
  return [...Map.groupBy(orchestrations, groupOf)]
    .map(([name, rows]) => ({ name, rows }))
    .sort((a, b) => a.name.localeCompare(b.name))
}
