/** An official client that watches one team's tasks in the daemon's own deployment. */
import { ConvexClient } from "convex/browser"
import { untilAborted } from "../src/base/async.ts"
import { api } from "../src/convex/_generated/api"
import type { Id } from "../src/convex/_generated/dataModel"
import { teamName } from "./claude-tree.ts"
import type { DeploymentAccess } from "./running-daemon.ts"

export interface Subscriber extends AsyncDisposable {
  /** Resolves when the client is told of a task with that subject. */
  seen(subject: string): Promise<void>
}

export async function subscribe(
  { url, viewerToken: token }: DeploymentAccess,
  signal: AbortSignal,
): Promise<Subscriber> {
  const client = new ConvexClient(url, { skipConvexDeploymentUrlCheck: true, logger: false })
  const orchestrationId = await findOrchestration(client, token)
  let awaited: { readonly subject: string; readonly arrived: () => void } | undefined
  const { getOrchestrationDetail } = api.orchestrations
  client.onUpdate(getOrchestrationDetail, { token, orchestrationId }, (detail) => {
    if (detail?.tasks.some(({ subject }) => subject === awaited?.subject)) awaited?.arrived()
  })
  return {
    seen(subject) {
      const { promise, resolve } = Promise.withResolvers<void>()
      awaited = { subject, arrived: resolve }
      return untilAborted(promise, signal)
    },
    [Symbol.asyncDispose]: () => client.close(),
  }
}

async function findOrchestration(
  client: ConvexClient,
  token: string,
): Promise<Id<"orchestrations">> {
  const rows = await client.query(api.orchestrations.listOrchestrations, { token })
  const row = rows.find(({ featureName }) => featureName === teamName(0))
  if (row === undefined) throw new Error(`no orchestration ${teamName(0)} in the deployment`)
  return row._id
}
