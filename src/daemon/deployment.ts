/** The deployment that this daemon works with: the configured one, or its own, opened and given its tokens. */
import type { Logger } from "../base/log.ts"
import { reveal } from "../base/redact.ts"
import type { Config } from "../config/config.ts"
import { openLocalDeployment } from "../local/deployment.ts"
import { type Credentials, readOrCreateCredentials } from "./credentials.ts"
import { issueTokens } from "./issue-tokens.ts"

export interface Deployment extends AsyncDisposable {
  readonly mode: "local" | "cloud"
  readonly url: string
  /** What stays the same as long as it is the same deployment: our own one may change its port. */
  readonly identity: string
  /** This node's bearer token. */
  readonly token: string
  /** An operator's or a viewer's; the node's, with which the page can only look, where no other is known. */
  readonly pageToken: string
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
      pageToken: pageToken === undefined ? token : reveal(pageToken),
      async [Symbol.asyncDispose]() {},
    }
  }
  const credentials: Credentials = await readOrCreateCredentials(paths.dir)
  await using opened = new AsyncDisposableStack()
  const local = opened.use(
    await openLocalDeployment({
      path: paths.deployment,
      port: deployment.port,
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
    identity: paths.deployment,
    token: credentials.node,
    pageToken: credentials.operator,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
