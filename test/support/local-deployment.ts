/** A deployment of the test functions on this thread, and official clients of it. */
import { ConvexClient, ConvexHttpClient } from "convex/browser"
import { type InThreadOptions, openInThreadDeployment } from "../../src/local/in-thread.ts"
import { modules } from "./convex-functions/modules.ts"
import { schema } from "./convex-functions/schema.ts"

export interface TestDeployment extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly adminKey: string
  /** A WebSocket client that is closed with the deployment. */
  readonly client: () => ConvexClient
  readonly http: () => ConvexHttpClient
}

export async function openTestDeployment(
  options: Partial<InThreadOptions> = {},
): Promise<TestDeployment> {
  const defaults = { path: ":memory:", port: 0, schema, modules }
  const deployment = await openInThreadDeployment({ ...defaults, ...options })
  const { url, port, adminKey } = deployment
  const clients: ConvexClient[] = []
  return {
    url,
    port,
    adminKey,
    client: () => {
      const client = openClient(url)
      clients.push(client)
      return client
    },
    http: () => new ConvexHttpClient(url, { skipConvexDeploymentUrlCheck: true, logger: false }),
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) await client.close()
      await deployment[Symbol.asyncDispose]()
    },
  }
}

export function openClient(url: string): ConvexClient {
  return new ConvexClient(url, { skipConvexDeploymentUrlCheck: true, logger: false })
}
