/**
 * Looks whether the token that opens the page is a person's and still accepted, when the deployment is reached and now
 * and then. What is wrong with it is a problem to show; the page itself says so too.
 */
import type { Clock } from "../base/clock.ts"
import { TinaError } from "../base/errors.ts"
import type { Cloud } from "../cloud/client.ts"
import { issuePageToken } from "../config/issue-tokens.ts"
import { api } from "../convex/_generated/api.js"
import type { Bus } from "../core/bus.ts"
import type { Service } from "../core/service.ts"
import { createWake } from "../core/wake.ts"
import type { Problems } from "../sync/problems.ts"
import type { Deployment } from "./deployment.ts"

export interface PageTokenDeps {
  readonly deployment: Pick<Deployment, "token" | "pageToken">
  readonly cloud: Cloud
  readonly clock: Clock
  readonly bus: Bus
  readonly problems: Pick<Problems, "report" | "clear">
}

const lookEveryMs = 10 * 60_000
const source = "page_token"

export function pageTokenService(deps: PageTokenDeps): Service {
  const { deployment, clock, bus } = deps
  return {
    name: "page token",
    async run({ signal, ready }) {
      ready()
      const wake = createWake(clock)
      using _reached = bus.subscribe("deployment.changed", wake.poke)
      for (;;) {
        if (deployment.pageToken !== deployment.token) await look(deps, signal)
        await wake.wait(lookEveryMs, signal)
      }
    },
  }
}

async function look(deps: PageTokenDeps, signal: AbortSignal): Promise<void> {
  const { deployment, cloud, problems } = deps
  const report = (reason: string) => {
    const message = `cannot open the page with page_token: ${reason}`
    problems.report(source, { code: "refused", message, hint: issuePageToken })
  }
  try {
    const { role } = await cloud.query(
      api.board.whoAmI,
      { token: deployment.pageToken },
      { signal },
    )
    if (role === "node") report("it is a node's token, which can only look")
    else problems.clear(source)
  } catch (error) {
    if (!(error instanceof TinaError)) throw error
    if (error.code === "denied") report(error.message)
  }
}
