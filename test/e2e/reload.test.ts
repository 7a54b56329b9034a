/** The compiled binary takes over a changed configuration while it runs: what changed, and nothing else. */
import { expect, test } from "bun:test"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { statePaths } from "../../src/config/paths.ts"
import { claudeTree } from "../support/claude-tree.ts"
import { connectDaemon, spawnDaemon } from "../support/daemon-process.ts"
import { eventually } from "../support/eventually.ts"
import { createOperator } from "../support/operator.ts"
import { openOwnDeployment } from "../support/own-deployment.ts"
import { standInCommand } from "../support/stand-in-command.ts"
import { tmpHome, type TmpHome } from "../support/tmp-home.ts"

function writeConfig(home: TmpHome, text: string): void {
  writeFileSync(join(home.configDir, "config.toml"), text, { mode: 0o600 })
}

const local = 'convex_url = "local"\n'
const anyPort = "[local]\nport = 0\n"

test("another directory of Claude is followed after `reload`, and only the sync is restarted", async () => {
  await using home = await tmpHome()
  const other = join(home.path, "other")
  claudeTree(home.claudeDir).team("session-aaaaaaaa")
  claudeTree(other).team("session-bbbbbbbb")
  writeConfig(home, `${local}http_port = 0\n${anyPort}`)
  await using daemon = spawnDaemon(home, ["run"])
  await using client = await connectDaemon(home)
  const before = (await client.call("daemon.status")).services

  writeConfig(home, `${local}http_port = 0\nclaude_dir = "${other}"\n${anyPort}`)
  await using reload = spawnDaemon(home, ["reload"])
  expect(await reload.ended).toBe(0)

  const present = async () => {
    const { teams } = await client.call("teams.list")
    return teams.filter(({ endedAt }) => endedAt === undefined).map(({ dir }) => dir)
  }
  await eventually(async () => Bun.deepEquals(await present(), ["session-bbbbbbbb"]))
  const { services, pid } = await client.call("daemon.status")
  const moved = services.filter(({ name, since }) => sinceOf(before, name) !== since)
  expect(moved.map(({ name, state, restarts }) => [name, state, restarts])).toEqual([
    ["sync", "running", 0],
  ])
  expect(pid).toBe(daemon.pid)
}, 30_000)

test("after SIGHUP the page is at its new port, links lead there, and the old port is closed", async () => {
  await using home = await tmpHome()
  writeConfig(home, `${local}http_port = 0\n${anyPort}`)
  await using daemon = spawnDaemon(home, ["run"])
  await using client = await connectDaemon(home)
  const address = async () => new URL((await client.call("page.link")).url).origin
  const old = await address()
  const port = freePort()

  writeConfig(home, `${local}http_port = ${port}\n${anyPort}`)
  daemon.kill("SIGHUP")

  await eventually(async () => (await address()) === `http://127.0.0.1:${port}`)
  expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200)
  expect(fetch(`${old}/health`)).rejects.toThrow()
}, 30_000)

test("a SIGHUP that comes while the daemon still starts does not end it", async () => {
  await using home = await tmpHome()
  writeConfig(home, `${local}http_port = 0\n${anyPort}`)
  await using daemon = spawnDaemon(home, ["run"])
  await eventually(() => existsSync(statePaths(home.stateDir).lock))
  daemon.kill("SIGHUP")
  await using client = await connectDaemon(home)
  expect(await client.call("daemon.status")).toMatchObject({ pid: daemon.pid })
  const log = readFileSync(join(home.stateDir, "logs", "daemon.log"), "utf8")
  expect(log).toContain('"msg":"configuration read again"')
}, 30_000)

test("a configuration that is wrong is refused by `reload` in words, and nothing is taken over", async () => {
  await using home = await tmpHome()
  writeConfig(home, `${local}http_port = 0\n${anyPort}`)
  await using _daemon = spawnDaemon(home, ["run"])
  await using client = await connectDaemon(home)
  const before = await client.call("daemon.status")

  writeConfig(home, `${local}http_port = 0\nclaude_dirr = "/tmp"\n${anyPort}`)
  await using reload = spawnDaemon(home, ["reload"])
  expect(await reload.ended).toBe(2)
  expect(await reload.stderr()).toContain("claude_dirr")
  expect(await client.call("daemon.status")).toMatchObject({
    services: before.services,
    paths: before.paths,
  })
}, 30_000)

test("a shorter heartbeat and a more talkative log begin at once", async () => {
  await using home = await tmpHome()
  writeConfig(home, `${local}http_port = 0\n${anyPort}[heartbeat]\ninterval = "20d"\n`)
  await using _daemon = spawnDaemon(home, ["run"])
  await using client = await connectDaemon(home)
  const { heartbeat } = statePaths(home.stateDir)
  const beat = () => readFileSync(heartbeat, "utf8")
  const logged = () => readFileSync(join(home.stateDir, "logs", "daemon.log"), "utf8")

  const rest = '[heartbeat]\ninterval = "1s"\n[log]\nlevel = "debug"\n'
  const moved = `http_port = ${freePort()}\nnode_name = "other"\n`
  writeConfig(home, `${local}${moved}${anyPort}${rest}`)
  expect(await client.call("daemon.reload")).toEqual({
    changed: ["node_name", "http_port", "heartbeat", "log"],
    restarted: ["http"],
    needsRestart: ["node_name"],
  })
  expect(await client.call("daemon.status")).toMatchObject({ needsRestart: ["node_name"] })
  for (let beats = 0; beats < 2; beats++) {
    const last = beat()
    await eventually(() => beat() !== last, { what: "the next heartbeat" })
  }
  expect(logged()).toContain('"level":"debug"')
}, 30_000)

test("a command that runs is not touched by a reload; the next action uses the new one", async () => {
  await using home = await tmpHome()
  await using deployment = await openOwnDeployment(home)
  const operator = createOperator(deployment.url, deployment.tokens)
  const [first, second] = ["first", "second"].map((name) => {
    const dir = join(home.path, name)
    mkdirSync(dir)
    return standInCommand(dir)
  })
  if (first === undefined || second === undefined) throw new Error("no commands")
  const configure = (command: string, more = "") =>
    writeConfig(
      home,
      `http_port = 0\n${deployment.settings}[actions]\ncommand = ["${command}"]\n${more}`,
    )
  configure(first.path)
  await using _daemon = spawnDaemon(home, ["run"])
  await using client = await connectDaemon(home)
  const [node] = await eventually(async () => {
    const nodes = await operator.nodes()
    return nodes.length === 1 && nodes
  })
  if (node === undefined) throw new Error("no node")
  const nodeId = node._id
  const orchestrationId = await operator.orchestration(nodeId, home.path, "auth")
  const ask = () =>
    operator.submit(
      { nodeId, orchestrationId, type: "approve_plan", idempotencyKey: crypto.randomUUID() },
      { feature: "auth", phase: "1" },
    )
  first.hold()
  const running = await ask()
  await eventually(() => first.ran().length === 1, { what: "the first command" })

  configure(second.path, 'time_limit = "1s"\n[sync]\nscan_interval = "9s"\n')
  expect(await client.call("daemon.reload")).toEqual({
    changed: ["sync", "actions"],
    restarted: ["sync"],
    needsRestart: [],
  })
  expect((await operator.receipt(running)).status).toBe("started")
  first.release()
  expect((await operator.finished(running)).status).toBe("completed")
  expect((await operator.finished(await ask())).status).toBe("completed")
  expect([first.ran().length, second.ran().length]).toEqual([1, 1])
}, 60_000)

function sinceOf(
  services: readonly { readonly name: string; readonly since: string }[],
  wanted: string,
): string | undefined {
  return services.find(({ name }) => name === wanted)?.since
}

/** One that nobody has at present. */
function freePort(): number {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } })
  const { port } = server
  server.stop(true)
  return port
}
