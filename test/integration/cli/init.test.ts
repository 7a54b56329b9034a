import { expect, test } from "bun:test"
import { readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { runProcess } from "../../../src/base/process.ts"
import { tmpHome, type TmpHome } from "../../support/tmp-home.ts"

const entry = join(import.meta.dir, "../../../src/main.ts")

async function init(home: TmpHome, args: readonly string[], stdin = "") {
  const limits = { signal: AbortSignal.timeout(20_000), timeLimitMs: 20_000 }
  const argv = [process.execPath, entry, "init", ...args] as const
  const outcome = await runProcess({ argv, cwd: home.path, env: home.env, stdin }, limits)
  if (outcome.status !== "exited") throw new Error(outcome.status)
  return { exit: outcome.code, stdout: outcome.stdout.text, stderr: outcome.stderr.text }
}

const file = (home: TmpHome) => join(home.configDir, "config.toml")

test("init writes a private config file with the token from standard input", async () => {
  await using home = await tmpHome()
  const url = "https://happy-otter-123.convex.cloud"
  const result = await init(home, ["--url", url, "--node-name", "box"], "a-secret-token\n")
  expect(result.exit).toBe(0)
  expect(Bun.TOML.parse(readFileSync(file(home), "utf8"))).toEqual({
    convex_url: url,
    auth_token: "a-secret-token",
    node_name: "box",
  })
  expect(statSync(file(home)).mode & 0o777).toBe(0o600)
  expect(result.stdout + result.stderr).not.toContain("a-secret-token")
})

test("init takes an operator's token for the page after the node's, and shows neither", async () => {
  await using home = await tmpHome()
  const given = ["--url", "https://happy-otter-123.convex.cloud"]
  const result = await init(home, given, "a-secret-token\nan-operators-token\n")
  expect(Bun.TOML.parse(readFileSync(file(home), "utf8"))).toMatchObject({
    auth_token: "a-secret-token",
    page_token: "an-operators-token",
  })
  expect(result.stdout + result.stderr).not.toContain("an-operators-token")
  const variables = ["--token-env", "NODE_TOKEN", "--page-token-env", "PAGE_TOKEN"]
  await init(home, [...given, ...variables, "--force"])
  expect(Bun.TOML.parse(readFileSync(file(home), "utf8"))).toMatchObject({
    auth_token_env: "NODE_TOKEN",
    page_token_env: "PAGE_TOKEN",
  })
})

test("init without an address chooses a deployment on this machine", async () => {
  await using home = await tmpHome()
  expect(await init(home, [], "\n")).toMatchObject({ exit: 0 })
  expect(readFileSync(file(home), "utf8").trim()).toBe('convex_url = "local"')
})

test("init says how to start with the file that it wrote, where that is another one", async () => {
  await using home = await tmpHome()
  expect((await init(home, ["--local"])).stdout).toEndWith("tina-daemon start\n")
  const other = join(home.path, "other file.toml")
  const { stdout } = await init(home, ["--local", "--config", other])
  expect(stdout).toEndWith(`tina-daemon start --config '${other}'\n`)
})

test("init replaces nothing unless it is forced to", async () => {
  await using home = await tmpHome()
  await init(home, ["--local"])
  const again = await init(home, ["--url", "http://127.0.0.1:3210", "--token-env", "TOKEN"])
  expect(again.exit).toBe(6)
  expect(again.stderr).toContain("tina-daemon init --force")
  expect(readFileSync(file(home), "utf8")).toContain("local")
})

test("init writes nothing when what it was given does not fit", async () => {
  await using home = await tmpHome()
  const noToken = await init(home, ["--url", "http://127.0.0.1:3210"])
  expect(noToken).toMatchObject({ exit: 2 })
  expect(noToken.stderr).toContain("no token was given")
  const badUrl = await init(home, ["--url", "ftp://x", "--token-env", "TOKEN"])
  expect(badUrl).toMatchObject({ exit: 2 })
  expect(badUrl.stderr).toContain("convex_url must be")
  expect(await init(home, ["--local"])).toMatchObject({ exit: 0 })
})
