/** What only the whole daemon shows of its actions. */
import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { resultOf } from "../../support/action-world.ts"
import { createOperator } from "../../support/operator.ts"
import { openOwnDeployment } from "../../support/own-deployment.ts"
import { startSourceDaemon } from "../../support/source-daemon.ts"
import { tmpHome } from "../../support/tmp-home.ts"

test("a command has the daemon's environment without its token, in the worktree", async () => {
  await using home = await tmpHome()
  await using deployment = await openOwnDeployment(home)
  const { url, tokens } = deployment
  const operator = createOperator(url, tokens)
  const nodeId = await operator.register("box")
  const orchestrationId = await operator.orchestration(nodeId, home.path, "auth")
  const script = `env > '${home.path}/env'; pwd >> '${home.path}/env'`
  const settings = [
    `convex_url = "${url}"`,
    'auth_token_env = "THE_TOKEN"',
    'node_name = "box"',
    "[actions]",
    `command = ["/bin/sh", "-c", ${JSON.stringify(script)}]`,
  ].join("\n")
  const env = { THE_TOKEN: tokens.node, TINA_AUTH_TOKEN: tokens.node, COLOUR: "green" }
  await using _daemon = startSourceDaemon(home, { settings, env })
  const asked = { nodeId, orchestrationId, type: "retry" as const }
  const id = await operator.submit(asked, { feature: "auth", phase: "1" })
  const receipt = await operator.finished(id)
  expect(resultOf(receipt)).toMatchObject({ success: true })
  const seen = readFileSync(join(home.path, "env"), "utf8")
  expect(seen).toContain("COLOUR=green")
  expect(seen).not.toContain(tokens.node)
  expect(seen).toEndWith(`${home.path}\n`)
}, 30_000)
