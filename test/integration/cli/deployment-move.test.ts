/** `tina-daemon deployment move`: a second deployment of this machine stands for Convex's cloud, with the import API that it serves. */
import { expect, test } from "bun:test"
import { readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { openLocalDeployment } from "../../../src/local/deployment.ts"
import { listRows } from "../../../src/owner/tables.ts"
import { runCommandLine } from "../../support/command-line.ts"
import { eventually } from "../../support/eventually.ts"
import { openOwnDeployment } from "../../support/own-deployment.ts"
import {
  deploymentCommand,
  issueToken,
  makeDeployment,
  ownerSeams,
  startLocalDaemon,
} from "../../support/owner-commands.ts"
import { startSourceDaemon } from "../../support/source-daemon.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const signal = AbortSignal.timeout(60_000)

test("everything goes to the other deployment, and the config names it with this node's token", async () => {
  await using home = await tmpHome()
  await makeDeployment(home)
  await deploymentCommand(home, "env", "set", "KEPT", "too")
  const config = join(home.configDir, "config.toml")
  writeFileSync(config, '# mine\nconvex_url = "local"\n[sync]\nadopt = false\n')
  await using target = await openLocalDeployment({ path: join(home.path, "cloud.db"), port: 0 })
  const { url, adminKey } = target
  const moved = await runCommandLine(home, ["deployment", "move", "--url", url], {
    seams: ownerSeams,
    env: { CONVEX_SELF_HOSTED_ADMIN_KEY: adminKey },
  })
  expect(moved).toMatchObject({ exit: 0 })
  expect(moved.stdout).toContain(`moved 1 documents to ${url}`)
  expect(moved.stderr).toContain("tokens: 1 to create")

  const written: object = Bun.TOML.parse(readFileSync(config, "utf8"))
  expect(written).toMatchObject({ convex_url: url, sync: { adopt: false } })
  expect(statSync(config).mode & 0o777).toBe(0o600)
  expect(readFileSync(`${config}.before-move`, "utf8")).toContain("# mine")
  const rows = await listRows(
    { url, adminKey, signal },
    { table: "tokens", limit: 10, order: "asc" },
  )
  expect(rows.map(({ label }) => label)).toEqual(["first", "moved from a local deployment"])
  const token: unknown = Reflect.get(written, "auth_token")
  const registered = await fetch(`${url}/api/mutation`, {
    method: "POST",
    body: JSON.stringify({
      path: "nodes:registerNode",
      args: { token, name: "box", os: "linux" },
    }),
  })
  expect(await registered.text()).toContain('"status":"success"')
  expect(moved.stdout + moved.stderr).not.toContain(String(token))
  expect(moved.stdout + moved.stderr).not.toContain(adminKey)
}, 30_000)

test("a daemon that is started afterwards works with the new deployment", async () => {
  await using home = await tmpHome()
  await using target = await openOwnDeployment(home)
  {
    await using _daemon = await startLocalDaemon(home)
  }
  const config = join(home.configDir, "config.toml")
  const argv = ["deployment", "move", "--replace", "--yes", "--url", target.url]
  const moved = await runCommandLine(home, argv, {
    seams: ownerSeams,
    env: { CONVEX_DEPLOY_KEY: target.adminKey() },
  })
  expect(moved).toMatchObject({ exit: 0 })
  const lines = readFileSync(config, "utf8").replace(/^http_port.*$/m, "")
  await using _after = startSourceDaemon(home, { settings: lines })
  await eventually(
    async () => {
      const { stdout } = await runCommandLine(home, ["status", "--json"])
      return stdout.includes(`"${target.url}"`) && stdout.includes('"connected"')
    },
    { withinMs: 20_000 },
  )
}, 60_000)

test("a wrong key, a deployment without our functions or full tables change nothing", async () => {
  await using home = await tmpHome()
  await makeDeployment(home)
  await using target = await openLocalDeployment({ path: join(home.path, "cloud.db"), port: 0 })
  await issueToken(target, "theirs")
  const config = join(home.configDir, "config.toml")
  writeFileSync(config, 'convex_url = "local"\n')
  const move = (key: string) =>
    runCommandLine(home, ["deployment", "move", "--url", target.url], {
      seams: ownerSeams,
      env: { CONVEX_DEPLOY_KEY: key },
    })
  expect(await move("wrong")).toMatchObject({ exit: 5 })
  const full = await move(target.adminKey)
  expect(full).toMatchObject({ exit: 2 })
  expect(full.stderr).toContain("already has documents")
  expect(full.stderr).toContain(`deployment move --replace --url ${target.url}`)
  expect(readFileSync(config, "utf8")).toBe('convex_url = "local"\n')
  const nobody = await runCommandLine(home, ["deployment", "move", "--url", "http://127.0.0.1:1"], {
    seams: ownerSeams,
    env: { CONVEX_DEPLOY_KEY: "x" },
  })
  expect(nobody).toMatchObject({ exit: 75 })
}, 30_000)
