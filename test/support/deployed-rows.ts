/** What official clients see of one machine in a deployment: the rows of every team, as a test compares them. */
import { ConvexHttpClient } from "convex/browser"
import type { FunctionReturnType } from "convex/server"
import { api } from "../../src/convex/_generated/api.js"

export type Detail = NonNullable<
  FunctionReturnType<typeof api.orchestrations.getOrchestrationDetail>
>

export interface DeployedRows {
  /** Every orchestration's detail, by feature. */
  details(): Promise<Map<string, Detail>>
  /** `id subject status` of the tasks of each team that have not ended, by the team's directory. */
  tasks(): Promise<Record<string, string[]>>
  /** The transitions of each task, oldest first, by `dir/id`. */
  histories(): Promise<
    Map<string, { eventId: string | undefined; subject: string; status: string }[]>
  >
}

export function deployedRows(url: string, token: string): DeployedRows {
  const client = new ConvexHttpClient(url, { skipConvexDeploymentUrlCheck: true, logger: false })

  async function details(): Promise<Map<string, Detail>> {
    const rows = await client.query(api.orchestrations.listOrchestrations, { token })
    const found = new Map<string, Detail>()
    for (const { _id: orchestrationId, featureName } of rows) {
      const detail = await client.query(api.orchestrations.getOrchestrationDetail, {
        token,
        orchestrationId,
      })
      if (detail !== null) found.set(featureName, detail)
    }
    return found
  }

  return {
    details,
    async tasks() {
      const byTeam: Record<string, string[]> = {}
      for (const detail of (await details()).values()) {
        for (const team of detail.teams) {
          const tasks = detail.tasks.filter((task) => task.teamId === team._id)
          byTeam[team.localDirName ?? team.teamName] = tasks
            .map(({ taskId, subject, status }) => `${taskId} ${subject} ${status}`)
            .sort(numerically)
        }
      }
      return byTeam
    },
    async histories() {
      const histories = new Map<
        string,
        { eventId: string | undefined; subject: string; status: string }[]
      >()
      for (const detail of (await details()).values()) {
        for (const { teamId, taskId, orchestrationId } of detail.tasks) {
          if (teamId === undefined) continue
          const dir = detail.teams.find((team) => team._id === teamId)?.localDirName
          const args = { token, orchestrationId, taskId, teamId }
          const events = await client.query(api.tasks.listTaskEvents, args)
          histories.set(
            `${dir}/${taskId}`,
            events.map(({ eventId, subject, status }) => ({ eventId, subject, status })),
          )
        }
      }
      return histories
    },
  }
}

export function numerically(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true })
}
