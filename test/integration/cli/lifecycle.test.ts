/** Starts and stops the real daemon, from the sources, as the commands do. */
import { expect, test } from "bun:test"
import { existsSync, readFileSync, readlinkSync } from "node:fs"
import { join } from "node:path"
import { statePaths } from "../../../src/config/paths.ts"
import { isLockHeld, readInstance } from "../../../src/system/instance.ts"
import { runCommandLine } from "../../support/command-line.ts"
import type { CommandResult } from "../../support/command-line.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const self = [process.execPath, join(import.meta.dir, "../../../src/main.ts")] as const

/** A configured home; whatever runs there at the end of the test is stopped. */
async function setup(config = 'convex_url = "local"\n[local]\nport = 0\n') {
  const home = await tmpHome()
  const paths = statePaths(home.stateDir)
  const run = (...argv: string[]): Promise<CommandResult> =>
    runCommandLine(home, argv, { seams: { self } })
  await Bun.write(join(home.configDir, "config.toml"), config)
  return {
    paths,
    run,
    configFile: join(home.configDir, "config.toml"),
    pid: () => readInstance(paths)?.pid ?? 0,
    async [Symbol.asyncDispose]() {
      await run("stop")
      await home[Symbol.asyncDispose]()
    },
  }
}

test("start returns when the daemon answers, stop when its lock is free", async () => {
  await using place = await setup()
  const started = await place.run("start")
  expect(started).toMatchObject({ exit: 0, stderr: "" })
  expect(started.stdout).toContain("tina-daemon is running")
  expect(started.stdout).toContain(join(place.paths.logs, "daemon.log"))
  expect(await place.run("status")).toMatchObject({ exit: 0 })
  const again = await place.run("start")
  expect(again).toMatchObject({ exit: 0, stderr: "" })
  expect(again.stdout).toContain("already running")
  const other = await place.run("start", "--log-level", "debug")
  expect(other).toMatchObject({ exit: 0, stdout: again.stdout })
  expect(other.stderr).toBe(
    "it was started without --log-level=debug: tina-daemon restart --log-level=debug\n",
  )
  const stopped = await place.run("stop")
  expect(stopped).toEqual({ exit: 0, stdout: "tina-daemon has stopped\n", stderr: "" })
  expect(isLockHeld(place.paths)).toBe(false)
  expect(existsSync(place.paths.socket)).toBe(false)
  expect(await place.run("stop")).toMatchObject({ exit: 0, stdout: "tina-daemon is not running\n" })
}, 20_000)

test("a daemon that does not start says why, with its own exit code", async () => {
  await using place = await setup('convex_url = "local"\nnode_nam = "x"\n')
  const started = await place.run("start")
  expect(started).toMatchObject({ exit: 2, stdout: "" })
  expect(started.stderr).toContain("node_nam")
}, 20_000)

test("after kill -9 the next start works at once", async () => {
  await using place = await setup()
  await place.run("start")
  const pid = place.pid()
  process.kill(pid, "SIGKILL")
  expect(await place.run("start")).toMatchObject({ exit: 0 })
  expect(place.pid()).not.toBe(pid)
}, 20_000)

test("of many starts at the same moment one wins, and all of them say which", async () => {
  await using place = await setup()
  const count = Number(process.env["TINA_STARTS"] ?? 6)
  const results = await Promise.all(Array.from({ length: count }, () => place.run("start")))
  expect(results.map(({ exit, stderr }) => ({ exit, stderr }))).toEqual(
    results.map(() => ({ exit: 0, stderr: "" })),
  )
  const pids = new Set(results.map(({ stdout }) => /pid (\d+)/.exec(stdout)?.[1]))
  expect([...pids]).toEqual([`${place.pid()}`])
  expect(results.filter(({ stdout }) => !stdout.includes("already"))).toHaveLength(1)
  expect(await place.run("status")).toMatchObject({ exit: 0 })
}, 60_000)

test("restart keeps the options, and a configuration that is wrong leaves the daemon as it runs", async () => {
  await using place = await setup()
  await place.run("start", "--node-name", "kept")
  const pid = place.pid()
  expect(await place.run("restart")).toMatchObject({ exit: 0, stderr: "" })
  const again = place.pid()
  expect(again).not.toBe(pid)
  const status = await place.run("status", "--json")
  expect(JSON.parse(status.stdout)).toMatchObject({ pid: again, node: { name: "kept" } })
  await Bun.write(place.configFile, "convex_url = 7\n")
  expect(await place.run("restart")).toMatchObject({ exit: 2 })
  expect(place.pid()).toBe(again)
  expect(isLockHeld(place.paths)).toBe(true)
}, 20_000)

test("restart and doctor, told which daemon is meant, know its options", async () => {
  await using place = await setup("[local]\nport = 0\n")
  const here = ["--state-dir", place.paths.dir]
  await place.run("start", "--local", "--node-name", "kept")
  expect((await place.run("start", "--node-name", "other")).stderr).toBe(
    "it was started without --node-name=other: tina-daemon restart --local --node-name=other\n",
  )
  expect(await place.run("restart", ...here)).toMatchObject({ exit: 0, stderr: "" })
  const status = await place.run("status", "--json")
  expect(JSON.parse(status.stdout)).toMatchObject({ mode: "local", node: { name: "kept" } })
  for (const words of [[], here]) {
    const { stdout } = await place.run("doctor", "--json", ...words)
    const { checks } = JSON.parse(stdout)
    expect(checks).toContainEqual(expect.objectContaining({ name: "configuration", status: "ok" }))
  }
  const other = await place.run("doctor", "--json", "--env", "dev")
  expect(other.stdout).toContain("convex_url is not set")
}, 20_000)

test.skipIf(process.platform !== "linux")(
  "the daemon that start leaves behind has a session of its own and keeps no directory busy",
  async () => {
    await using place = await setup()
    await place.run("start")
    const pid = `${place.pid()}`
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(" ")
    expect({ group: fields[4], session: fields[5] }).toEqual({ group: pid, session: pid })
    expect(readlinkSync(`/proc/${pid}/cwd`)).toBe("/")
  },
  20_000,
)
