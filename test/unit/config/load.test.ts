import { expect, test } from "bun:test"
import { chmod } from "node:fs/promises"
import { join } from "node:path"
import { inspect } from "node:util"
import { TinaError } from "../../../src/base/errors.ts"
import { reveal } from "../../../src/base/redact.ts"
import type { Config } from "../../../src/config/config.ts"
import type { ConfigFlags } from "../../../src/config/layers.ts"
import { loadConfig } from "../../../src/config/load.ts"
import { tmpHome } from "../../support/tmp-home.ts"

interface Given {
  readonly toml?: string | Buffer
  readonly mode?: number
  readonly env?: Record<string, string>
  readonly flags?: ConfigFlags
  readonly platform?: NodeJS.Platform
}

const remote = 'convex_url = "https://a.convex.cloud"\nauth_token = "file-token"\n'

async function load({ toml, mode, env, flags, platform }: Given): Promise<Config> {
  await using home = await tmpHome()
  const path = join(home.configDir, "config.toml")
  if (toml !== undefined) {
    await Bun.write(path, toml)
    await chmod(path, mode ?? 0o600)
  }
  return loadConfig(flags ?? {}, {
    env: { ...home.env, ...env },
    platform: platform ?? "linux",
    home: home.path,
    hostname: "this-host",
  })
}

async function problem(given: Given): Promise<TinaError> {
  try {
    await load(given)
  } catch (error) {
    if (error instanceof TinaError) return error
    throw error
  }
  throw new Error("the config was accepted")
}

async function tokenOf(given: Given): Promise<string> {
  const { deployment } = await load(given)
  return deployment.kind === "remote" ? reveal(deployment.authToken) : "none"
}

test("the flat form of the file is enough", async () => {
  const config = await load({ toml: `${remote}node_name = "mbp"` })
  expect(config).toMatchObject({ profile: "prod", nodeName: "mbp", httpPort: 7842 })
  expect(config.deployment).toMatchObject({ kind: "remote", url: "https://a.convex.cloud" })
  expect(await tokenOf({ toml: remote })).toBe("file-token")
})

test("a config shows its token nowhere", async () => {
  const config = await load({ toml: remote })
  expect(inspect(config, { depth: 9 }) + JSON.stringify(config)).not.toContain("file-token")
})

test("with neither file nor variables the error names --local, the file and init", async () => {
  const { code, message, hint } = await problem({})
  expect(code).toBe("config")
  expect(message).toMatch(/convex_url is not set in .*\.config\/tina\/config\.toml$/)
  expect(hint).toContain("tina-daemon --local")
  expect(hint).toContain("tina-daemon init")
})

test("an address without a token is an error that names both places for it", async () => {
  const { message } = await problem({ toml: 'convex_url = "https://a.convex.cloud"' })
  expect(message).toContain("auth_token is not set in")
  expect(message).toContain("TINA_AUTH_TOKEN")
})

test("--local and convex_url = local need no token", async () => {
  const byFlag = await load({ flags: { local: true } })
  const byFile = await load({ toml: 'convex_url = "local"\n[local]\nport = 4000' })
  expect(byFlag.deployment).toEqual({ kind: "local", port: 3210, redactErrors: false })
  expect(byFile.deployment).toEqual({ kind: "local", port: 4000, redactErrors: false })
  expect(byFlag.sources.get("convex_url")).toEqual({ from: "flag", name: "--local" })
})

test("empty text counts as missing, in the file and in the environment", async () => {
  const config = await load({
    toml: `${remote}node_name = ""\n[log]\nlevel = ""`,
    env: { TINA_CONVEX_URL: "", TINA_NODE_NAME: "", TINA_STATE_DIR: "", CLAUDE_CONFIG_DIR: "" },
  })
  expect(config).toMatchObject({ nodeName: "this-host", log: { level: "info" } })
  expect(config.claudeDir).toEndWith("/.claude")
})

test("an unknown setting is an error with its place and the nearest name", async () => {
  const top = await problem({ toml: `${remote}nod_name = "x"` })
  expect(top.message).toMatch(
    /config\.toml:3:1: there is no setting nod_name; did you mean node_name\?$/,
  )
  const below = await problem({ toml: `${remote}[sync]\n\n  adpot = true` })
  expect(below.message).toMatch(/:5:3: there is no setting sync\.adpot; did you mean adopt\?$/)
  const unused = await problem({ toml: `${remote}[dev]\nhttp_prot = 1` })
  expect(unused.message).toMatch(
    /:4:1: there is no setting dev\.http_prot; did you mean http_port\?$/,
  )
})

test("a wrong value is an error with its place, in the profile where it stands", async () => {
  const sync = await problem({ toml: `${remote}[sync]\nscan_interval = "soon"` })
  expect(sync.message).toMatch(/:4:1: sync\.scan_interval must be a duration such as/)
  const profile = await problem({ toml: `${remote}[prod]\nhttp_port = 99999` })
  expect(profile.message).toMatch(/:4:1: prod\.http_port must be a port from 0 to 65535$/)
  const variable = await problem({ toml: remote, env: { TINA_HTTP_PORT: "many" } })
  expect(variable.message).toBe("cannot read TINA_HTTP_PORT: it must be a port from 0 to 65535")
  expect(variable.hint).toBe("unset TINA_HTTP_PORT")
})

test("text that is no TOML is an error with its place, and does not show the line", async () => {
  const { message } = await problem({ toml: 'node_name = "x"\nauth_token = "file-token' })
  expect(message).toMatch(/config\.toml:2:\d+: /)
  expect(message).not.toContain("file-token")
})

test("text that is no TOML names the setting on that line, and never what may be a token", async () => {
  const bare = await problem({ toml: "[sync]\nadopt = yes\n" })
  expect(bare.message).toMatch(/:2:9: sync\.adopt: invalid value \(/)
  const inProfile = await problem({ toml: "[dev]\nauth_token = s3cr3t\n" })
  expect(inProfile.message).toMatch(/:2:14: dev\.auth_token: invalid value/)
  expect(inProfile.message).not.toContain("s3cr3t")
  const pasted = await problem({ toml: "s3cr3t=\n" })
  expect(pasted.message).toMatch(/:1:8: invalid value/)
  expect(pasted.message).not.toContain("s3cr3t")
})

test("a file in another encoding is said to be that", async () => {
  const failure = await problem({ toml: Buffer.from("\ufeffa = 1", "utf16le") })
  expect(failure.message).toEndWith("config.toml: it is not UTF-8 text")
})

test("what is waited for has a limit, because a longer timer would fire at once", async () => {
  const failure = await problem({ toml: `${remote}[sync]\nscan_interval = "25d"\n` })
  expect(failure.message).toEndWith(":4:1: sync.scan_interval must be at most 24d")
  const { retention } = await load({ toml: `${remote}[retention]\nended_teams = "365d"\n` })
  expect(retention.endedTeamsMs).toBe(365 * 86_400_000)
})

test("a file with a token that others may read is refused", async () => {
  const open = await problem({ toml: remote, mode: 0o644 })
  expect(open.message).toContain("others may read it (mode 0644)")
  expect(open.hint).toStartWith("chmod 600 ")
  await problem({ toml: '[dev]\nauth_token = "x"', mode: 0o640, flags: { local: true } })
  const safe = await load({ toml: 'convex_url = "local"', mode: 0o644 })
  expect(safe.deployment.kind).toBe("local")
})

test("auth_token_env names the variable that holds the token", async () => {
  const toml = 'convex_url = "https://a.convex.cloud"\nauth_token_env = "MY_TOKEN"'
  expect(await tokenOf({ toml, env: { MY_TOKEN: "from-variable" } })).toBe("from-variable")
  const missing = await problem({ toml })
  expect(missing.message).toContain("MY_TOKEN (auth_token_env) is not set")
})

test("the page's token is a secret of its own, of the file or of a variable", async () => {
  const pageTokenOf = async (given: Given) => {
    const { deployment } = await load(given)
    const secret = deployment.kind === "remote" ? deployment.pageToken : undefined
    return secret && reveal(secret)
  }
  expect(await pageTokenOf({ toml: remote })).toBeUndefined()
  const toml = `${remote}page_token = "for-people"\n[dev]\npage_token_env = "PAGE"`
  expect(await pageTokenOf({ toml })).toBe("for-people")
  const inDev = { toml, flags: { env: "dev" }, env: { PAGE: "for-developers" } }
  expect(await pageTokenOf(inDev)).toBe("for-developers")
  expect(await tokenOf(inDev)).toBe("file-token")
  expect((await problem({ toml, flags: { env: "dev" } })).message).toContain(
    "PAGE (page_token_env)",
  )
  await problem({ toml: 'page_token = "x"', mode: 0o644, flags: { local: true } })
  const shown = await load({ toml })
  expect(inspect(shown, { depth: 9 }) + JSON.stringify(shown)).not.toContain("for-people")
})

test("a profile that names its token by variable wins over a token of the file", async () => {
  const toml = `${remote}[dev]\nauth_token_env = "DEV_TOKEN"`
  expect(await tokenOf({ toml, flags: { env: "dev" }, env: { DEV_TOKEN: "dev" } })).toBe("dev")
})

test("the profile is chosen by flag, then TINA_ENV, then active_env, with aliases", async () => {
  const toml = `active_env = "development"\n${remote}[dev]\nnode_name = "d"\n[prod]\nnode_name = "p"`
  expect((await load({ toml })).nodeName).toBe("d")
  expect((await load({ toml, env: { TINA_ENV: "production" } })).nodeName).toBe("p")
  const flagged = await load({ toml, env: { TINA_ENV: "prod" }, flags: { env: "dev" } })
  expect(flagged.nodeName).toBe("d")
  expect(flagged.sources.get("node_name")).toEqual({ from: "profile", name: "[dev]" })
})

test("a profile that does not exist is an error that names the two", async () => {
  const byFlag = await problem({ toml: remote, flags: { env: "prd" } })
  expect(byFlag.message).toBe(
    'cannot choose a profile: there is no profile "prd", only prod or dev',
  )
  expect(byFlag.hint).toBe("tina-daemon --env prod")
  const byFile = await problem({ toml: `${remote}active_env = "staging"` })
  expect(byFile.message).toMatch(/:3:1: there is no profile "staging"/)
})

test("a config file that is named must exist", async () => {
  const { message } = await problem({ flags: { config: "/nowhere/config.toml" } })
  expect(message).toBe("cannot read /nowhere/config.toml: there is no such file")
})

test("durations, sizes and paths arrive in the units of the code", async () => {
  const sync = 'scan_interval = "1.5m"\nmax_file_bytes = "64KiB"\nworktrees = ["~/w"]'
  const config = await load({ toml: `${remote}claude_dir = "~/c"\n[sync]\n${sync}` })
  expect(config.sync).toMatchObject({ scanIntervalMs: 90_000, maxFileBytes: 65_536 })
  expect(config.sync.worktrees[0]).toMatch(/^\/.*\/w$/)
  expect(config.claudeDir).toMatch(/^\/.*\/c$/)
})

test("the scan is more frequent on macOS, which loses file events silently", async () => {
  expect((await load({ toml: remote, platform: "darwin" })).sync.scanIntervalMs).toBe(5_000)
  expect((await load({ toml: remote })).sync.scanIntervalMs).toBe(30_000)
})

test("a config cannot be changed", async () => {
  const config = await load({ toml: remote })
  expect(Object.isFrozen(config) && Object.isFrozen(config.sync)).toBe(true)
})
