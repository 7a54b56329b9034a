/**
 * The operator's page on a deployment of its own with a staged day of work: for the browser tests, for
 * pictures, and for looking at it while working on it.
 */
import { ConvexHttpClient } from "convex/browser"
import type { Id } from "../../src/convex/_generated/dataModel.js"
import { api } from "../../src/convex/_generated/api.js"
import type { Document } from "../../src/convex/documents.ts"
import { Secret } from "../../src/base/redact.ts"
import { type HttpServer, openHttp } from "../../src/control/http.ts"
import { readPageAssets } from "../../src/control/page-assets.ts"
import { createPageLinks } from "../../src/control/page-links.ts"
import { createRouter } from "../../src/core/router.ts"
import { openInThreadDeployment } from "../../src/local/in-thread.ts"
import { modules, schema } from "../../src/local/modules.ts"
import { createTestHandlers } from "./handlers.ts"
import { createMemoryLog } from "./memory-log.ts"
import { type StagedNode, stagedNodes } from "./staged-rows.ts"

export interface StagedPage extends AsyncDisposable {
  readonly http: HttpServer
  readonly deploymentUrl: string
  readonly tokens: Readonly<Record<"operator" | "viewer", string>>
  /** Applies documents as the named node. */
  apply(node: string, documents: readonly Document[]): Promise<void>
  /** A link that signs in with the role. */
  link(role?: "operator" | "viewer"): string
}

interface Options {
  readonly port?: number
  readonly deploymentPort?: number
  readonly nodes?: readonly StagedNode[]
}

const documentsPerCall = 100

export async function openStagedPage(options: Options = {}): Promise<StagedPage> {
  await using opened = new AsyncDisposableStack()
  const port = options.deploymentPort ?? 0
  const deployment = opened.use(
    await openInThreadDeployment({ path: ":memory:", port, schema, modules }),
  )
  const client = new ConvexHttpClient(deployment.url, {
    skipConvexDeploymentUrlCheck: true,
    logger: false,
  })
  const issue = (role: string) => issueToken(deployment, role)
  const tokens = { operator: await issue("operator"), viewer: await issue("viewer") }
  const applies = new Map<string, (documents: readonly Document[]) => Promise<void>>()
  for (const node of options.nodes ?? stagedNodes(Date.now())) {
    const apply = await register(client, node, await issue("node"))
    applies.set(node.name, apply)
    await apply(node.documents)
  }
  let role: "operator" | "viewer" = "operator"
  const { log } = createMemoryLog()
  const http = opened.use(
    openHttp(
      {
        log,
        router: createRouter({ handlers: createTestHandlers(), log }),
        token: new Secret(tokens.operator),
        assets: readPageAssets,
        links: createPageLinks({ now: Date.now }),
        session: () => ({ deploymentUrl: deployment.url, token: tokens[role] }),
        metrics: () => "",
      },
      options.port ?? 0,
    ),
  )
  const owned = opened.move()
  return {
    http,
    deploymentUrl: deployment.url,
    tokens,
    apply: async (name, documents) => applies.get(name)?.(documents),
    link(wanted = "operator") {
      role = wanted
      return http.link().url
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function register(
  client: ConvexHttpClient,
  { name, os, problems = [], unlinked = [] }: StagedNode,
  token: string,
) {
  const nodeId: Id<"nodes"> = await client.mutation(api.nodes.registerNode, {
    token,
    name,
    os,
    version: "0.1.0",
  })
  const counts = { problemCount: problems.length, unlinkedCount: unlinked.length }
  const said = { problems: [...problems], unlinked: [...unlinked], ...counts }
  await client.mutation(api.nodes.report, { token, nodeId, ...said })
  return async (documents: readonly Document[]) => {
    for (let from = 0; from < documents.length; from += documentsPerCall) {
      const batch = documents.slice(from, from + documentsPerCall)
      await client.mutation(api.ingest.applyBatch, { token, nodeId, documents: batch })
    }
  }
}

interface Admin {
  readonly url: string
  readonly adminKey: string
}

async function issueToken({ url, adminKey }: Admin, role: string): Promise<string> {
  const response = await fetch(`${url}/api/mutation`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Convex ${adminKey}` },
    body: JSON.stringify({ path: "tokens:issue", format: "json", args: [{ role }] }),
  })
  const answer: unknown = await response.json()
  if (typeof answer === "object" && answer !== null && "value" in answer) {
    const { value } = answer
    if (typeof value === "object" && value !== null && "token" in value) return String(value.token)
  }
  throw new Error(`no ${role} token: ${JSON.stringify(answer)}`)
}
