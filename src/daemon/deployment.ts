/** The deployment that this daemon works with: the configured one, or its own, opened and given its tokens. */
import type { Logger } from "../base/log.ts"
import { reveal } from "../base/redact.ts"
import type { Config } from "../config/config.ts"
import { type LocalDeployment, openLocalDeployment } from "../local/deployment.ts"
import type { Problems } from "../sync/problems.ts"
import { type Credentials, readOrCreateCredentials } from "./credentials.ts"
import { issueTokens } from "./issue-tokens.ts"

export interface Deployment extends AsyncDisposable {
  readonly mode: "local" | "cloud"
  readonly url: string
  /** What stays the same as long as it is the same deployment: our own one may change its port. */
  readonly identity: string
  /** This node's bearer token. */
  readonly token: string
  /** With which its owner may do everything; of our own deployment alone. */
  readonly adminKey: string | undefined
  /** Documents of our own deployment that this version's schema would refuse. */
  readonly invalidDocuments: LocalDeployment["invalidDocuments"]
  /** An operator's or a viewer's; the node's, with which the page can only look, where no other is known. */
  readonly pageToken: string
  /** Collects garbage in the thread of our own. */
  collect(): void
}

export interface DeploymentDeps {
  readonly log: Logger
  readonly version: string
  readonly signal: AbortSignal
}

export async function openDeployment(
  config: Config,
  { log, version, signal }: DeploymentDeps,
): Promise<Deployment> {
  const { deployment, paths } = config
  if (deployment.kind === "remote") {
    const { url, pageToken } = deployment
    const token = reveal(deployment.authToken)
    return {
      mode: "cloud",
      url,
      identity: url,
      token,
      adminKey: undefined,
      invalidDocuments: [],
      pageToken: pageToken === undefined ? token : reveal(pageToken),
      collect() {},
      async [Symbol.asyncDispose]() {},
    }
  }
  const credentials: Credentials = await readOrCreateCredentials(paths.dir)
  await using opened = new AsyncDisposableStack()
  const local = opened.use(
    await openLocalDeployment({
      path: paths.deployment,
      port: deployment.port,
      redactErrors: deployment.redactErrors,
      version,
      signal,
      onNotice: (notice) => log.warn(`local deployment: ${notice.type}`, { ...notice }),
    }),
  )
  await issueTokens(local, credentials, signal)
  const owned = opened.move()
  return {
    mode: "local",
    url: local.url,
    identity: [paths.deployment, local.generation ?? []].flat().join("#"),
    invalidDocuments: local.invalidDocuments,
    token: credentials.node,
    adminKey: local.adminKey,
    pageToken: credentials.operator,
    collect: local.collect,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** They stay as they are, and can be read; each is a problem until somebody mends it and the daemon is started again. */
export function reportInvalidDocuments(
  problems: Pick<Problems, "report">,
  { invalidDocuments }: Pick<Deployment, "invalidDocuments">,
): void {
  for (const { table, id, problem } of invalidDocuments) {
    problems.report(`${table} ${id}`, {
      code: "invalid_document",
      message: `cannot use document ${id} of ${table} as this version would: ${problem}`,
      hint: `tina-daemon deployment data ${table}`,
    })
  }
}
