/** `tina-daemon deployment ...` in a home, with the real deployment behind it. */
import { expect } from "bun:test"
import { join } from "node:path"
import { localTools } from "../../src/daemon/local-tools.ts"
import { openLocalDeployment } from "../../src/local/deployment.ts"
import { runFunction } from "../../src/owner/functions.ts"
import { type CommandResult, runCommandLine } from "./command-line.ts"
import { eventually } from "./eventually.ts"
import { type SourceDaemon, startSourceDaemon } from "./source-daemon.ts"
import type { TmpHome } from "./tmp-home.ts"

export const ownerSeams = { loadLocalTools: () => Promise.resolve(localTools) }

export function deploymentCommand(home: TmpHome, ...words: string[]): Promise<CommandResult> {
  return runCommandLine(home, ["deployment", ...words], { seams: ownerSeams })
}

/** Makes the file of a deployment in this home, with one token in it: "first". */
export async function makeDeployment(home: TmpHome): Promise<string> {
  const path = join(home.stateDir, "deployment.db")
  await using opened = await openLocalDeployment({ path, port: 0 })
  await issueToken(opened, "first")
  return path
}

export async function issueToken(
  { url, adminKey }: { readonly url: string; readonly adminKey: string },
  label: string,
): Promise<void> {
  const access = { url, adminKey, signal: AbortSignal.timeout(10_000) }
  const ran = await runFunction(access, { path: "tokens:issue", args: { role: "viewer", label } })
  expect(ran.ok).toBe(true)
}

export async function startLocalDaemon(home: TmpHome): Promise<SourceDaemon> {
  const daemon = startSourceDaemon(home, { settings: 'convex_url = "local"\nlocal.port = 0\n' })
  await eventually(
    async () => (await runCommandLine(home, ["status", "--json"])).stdout.includes('"local"'),
    { withinMs: 20_000 },
  )
  return daemon
}
