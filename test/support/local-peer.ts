/** The local deployment with the functions of `src/convex`, on a thread of its own and a free port. */
import { join } from "node:path"
import { ConvexHttpClient } from "convex/browser"
import { getFunctionName, makeFunctionReference } from "convex/server"
import { openLocalDeployment } from "../../src/local/deployment.ts"
import type { Caller, Peer } from "../contract/convex-peer.ts"
import { tmpHome } from "./tmp-home.ts"

export async function openLocalPeer(): Promise<Peer> {
  await using opened = new AsyncDisposableStack()
  const home = opened.use(await tmpHome())
  const path = join(home.stateDir, "deployment.db")
  const { url, adminKey } = opened.use(await openLocalDeployment({ path, port: 0 }))
  const owned = opened.move()
  return {
    ...caller(new ConvexHttpClient(url, { logger: false })),
    admin: caller(new ConvexHttpClient(url, { logger: false, fetch: withAdminKey(adminKey) })),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** The client's types know public functions only; by name it calls any. */
function caller(client: ConvexHttpClient): Caller {
  return {
    query: (reference, args) =>
      client.query(makeFunctionReference<"query">(getFunctionName(reference)), args),
    mutation: (reference, args) =>
      client.mutation(makeFunctionReference<"mutation">(getFunctionName(reference)), args),
  }
}

function withAdminKey(key: string): typeof fetch {
  const send = (input: string | URL | Request, init?: RequestInit) => {
    const headers = new Headers(init?.headers)
    headers.set("authorization", `Convex ${key}`)
    return fetch(input, { ...init, headers })
  }
  return Object.assign(send, { preconnect: fetch.preconnect })
}
