/** The connection is written where it counts, and everything else stays. */
import { expect, test } from "bun:test"
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { writeConnection } from "../../../src/config/edit.ts"
import { loadConfig } from "../../../src/config/load.ts"
import { type TmpHome, tmpHome } from "../../support/tmp-home.ts"

const connection = { url: "https://happy-otter-123.convex.cloud", token: "node-token" }

function around(home: TmpHome) {
  return { env: home.env, platform: "linux", home: home.path, hostname: "box" } as const
}

async function writeOver(home: TmpHome, text: string | undefined, env?: string) {
  const path = join(home.configDir, "config.toml")
  if (text !== undefined) writeFileSync(path, text, { mode: 0o600 })
  const edited = await writeConnection(connection, { env }, around(home))
  expect(edited.path).toBe(path)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const config = loadConfig({ env }, around(home))
  expect(config.deployment).toMatchObject({ kind: "remote", url: connection.url })
  return { edited, written: Bun.TOML.parse(readFileSync(path, "utf8")) }
}

test("a file that is not there is made", async () => {
  await using home = await tmpHome()
  const { edited, written } = await writeOver(home, undefined)
  expect(edited.before).toBeUndefined()
  expect(written).toEqual({ convex_url: connection.url, auth_token: connection.token })
})

test("other settings stay, and the file as it was is kept beside it for its owner alone", async () => {
  await using home = await tmpHome()
  const before = '# mine\nconvex_url = "local"\nnode_name = "box"\n[sync]\nadopt = false\n'
  const { edited, written } = await writeOver(home, before)
  expect(written).toMatchObject({ node_name: "box", sync: { adopt: false } })
  expect(existsSync(edited.before ?? "")).toBe(true)
  expect(readFileSync(edited.before ?? "", "utf8")).toBe(before)
  expect(statSync(edited.before ?? "").mode & 0o777).toBe(0o600)
})

test("a profile that names a deployment of its own is what is changed", async () => {
  await using home = await tmpHome()
  const { written } = await writeOver(
    home,
    'convex_url = "local"\n[dev]\nconvex_url = "http://127.0.0.1:1"\nauth_token_env = "NONE"\n',
    "dev",
  )
  expect(written).toMatchObject({ convex_url: "local", dev: { convex_url: connection.url } })
})
