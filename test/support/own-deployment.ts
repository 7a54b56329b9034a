/** A deployment beside the daemon, as a cloud would be: with our functions, tokens of its own, and an off switch. */
import { join } from "node:path"
import { issueTokens } from "../../src/daemon/issue-tokens.ts"
import { type LocalDeployment, openLocalDeployment } from "../../src/local/deployment.ts"
import type { TmpHome } from "./tmp-home.ts"

export interface OwnDeployment extends AsyncDisposable {
  readonly url: string
  /** Of the deployment that runs. */
  adminKey(): string
  readonly tokens: { readonly node: string; readonly operator: string; readonly viewer: string }
  /** Lines for the config file of a daemon that uses it. */
  readonly settings: string
  /** Makes it accept this token as a node's. */
  accept(token: string): Promise<void>
  stop(): Promise<void>
  /** On the same address again, with the same data or, after `forget`, with none. */
  start(options?: { readonly forget: boolean }): Promise<void>
}

export async function openOwnDeployment(home: TmpHome): Promise<OwnDeployment> {
  const tokens = {
    node: "node-token-of-the-test-0123456789abcdef",
    operator: "operator-token-of-the-test-0123456789",
    viewer: "viewer-token-of-the-test-0123456789abc",
  }
  let generation = 0
  const path = () => join(home.path, "deployment", `${generation}.db`)
  const open = async (port: number): Promise<LocalDeployment> => {
    const deployment = await openLocalDeployment({ path: path(), port })
    await issueTokens(deployment, tokens, AbortSignal.timeout(10_000))
    return deployment
  }
  let running: LocalDeployment | undefined = await open(0)
  const { url, port } = running
  async function stop(): Promise<void> {
    await running?.[Symbol.asyncDispose]()
    running = undefined
  }
  return {
    url,
    adminKey: () => running?.adminKey ?? "",
    tokens,
    settings: `convex_url = "${url}"\nauth_token = "${tokens.node}"\nnode_name = "box"\n`,
    async accept(token) {
      if (running === undefined) throw new Error("the deployment is stopped")
      await issueTokens(running, { ...tokens, node: token }, AbortSignal.timeout(10_000))
    },
    stop,
    async start({ forget } = { forget: false }) {
      if (forget) generation += 1
      running = await open(port)
    },
    [Symbol.asyncDispose]: stop,
  }
}
