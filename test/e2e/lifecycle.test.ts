/** How the compiled binary starts and ends: many at once, killed, signalled, under load. */
import { expect, test } from "bun:test"
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { statePaths } from "../../src/config/paths.ts"
import { isLockHeld } from "../../src/system/instance.ts"
import { connectDaemon, spawnDaemon, writeSettings } from "../support/daemon-process.ts"
import { eventually } from "../support/eventually.ts"
import { tmpHome } from "../support/tmp-home.ts"

const conflict = 6

test("of a hundred starts in ten groups one wins each time, and its socket works", async () => {
  await using home = await tmpHome()
  await writeSettings(home)
  for (let group = 0; group < 10; group++) {
    await using stack = new AsyncDisposableStack()
    const starts = Array.from({ length: 10 }, () => stack.use(spawnDaemon(home, ["run"])))
    await using client = await connectDaemon(home)
    const { pid } = await client.call("daemon.status")
    const losers = starts.filter((start) => start.pid !== pid)
    expect(await Promise.all(losers.map(({ ended }) => ended))).toEqual(losers.map(() => conflict))
    expect(losers).toHaveLength(9)
    expect(await losers[0]?.stderr()).toContain("is running there")
    expect(await client.call("ping")).toMatchObject({ pong: true })
    await client.call("daemon.stop")
    const winner = starts.find((start) => start.pid === pid)
    expect(await winner?.ended).toBe(0)
  }
}, 60_000)

for (const name of ["SIGTERM", "SIGINT"] as const) {
  test(`${name} ends the daemon with 0 and leaves no file that says it runs`, async () => {
    await using home = await tmpHome()
    await writeSettings(home)
    await using daemon = spawnDaemon(home, ["run"])
    await using _client = await connectDaemon(home)
    const paths = statePaths(home.stateDir)
    const ofTheRunning = [paths.socket, paths.pid, paths.info, paths.heartbeat]
    expect(ofTheRunning.filter((path) => !existsSync(path))).toEqual([])
    expect(readState(paths.state)).toMatchObject({ state: "running", pid: daemon.pid })
    daemon.kill(name)
    // As some that end a process do: the process, and then its group.
    daemon.kill(name)
    expect(await daemon.ended).toBe(0)
    expect(ofTheRunning.filter(existsSync)).toEqual([])
    expect(readState(paths.state)).toMatchObject({ state: "stopped" })
    expect(isLockHeld(paths)).toBe(false)
  }, 30_000)

  test(`${name} ends the daemon in time while its deployment says nothing`, async () => {
    await using home = await tmpHome()
    using silent = listenSilently()
    await writeSettings(home, silent.settings)
    await using daemon = spawnDaemon(home, ["run"])
    await using _client = await connectDaemon(home)
    const startedAt = performance.now()
    daemon.kill(name)
    expect(await daemon.ended).toBe(0)
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  }, 30_000)

  test(`a second ${name} does not wait for the end`, async () => {
    await using home = await tmpHome()
    using silent = listenSilently()
    await writeSettings(home, silent.settings)
    await using daemon = spawnDaemon(home, ["run"])
    await using _client = await connectDaemon(home)
    let code: number | string | undefined
    void daemon.ended.then((ended) => (code = ended))
    await eventually(() => {
      daemon.kill(name)
      return code !== undefined
    })
    expect(code).toBe(name === "SIGINT" ? 130 : 143)
  }, 30_000)
}

test("a stop that is asked over HTTP, with the token in the state directory, is answered and carried out", async () => {
  await using home = await tmpHome()
  await writeSettings(home)
  await using daemon = spawnDaemon(home, ["run"])
  await using client = await connectDaemon(home)
  const { origin } = new URL((await client.call("page.link")).url)
  const { httpToken } = statePaths(home.stateDir)
  expect(statSync(httpToken).mode & 0o777).toBe(0o600)
  const response = await fetch(`${origin}/rpc`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${readFileSync(httpToken, "utf8").trim()}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "daemon.stop" }),
  })
  expect(await response.json()).toMatchObject({ result: { stopping: true, pid: daemon.pid } })
  expect(await daemon.ended).toBe(0)
}, 30_000)

test("after kill -9 the next start works at once, and counts it", async () => {
  await using home = await tmpHome()
  await writeSettings(home)
  const paths = statePaths(home.stateDir)
  for (let restarts = 0; restarts < 3; restarts++) {
    await using daemon = spawnDaemon(home, ["run"])
    await using client = await connectDaemon(home)
    expect(await client.call("daemon.status")).toMatchObject({ pid: daemon.pid })
    expect(readState(paths.state)).toMatchObject({ restart_count: restarts })
    daemon.kill("SIGKILL")
    expect(await daemon.ended).toBe("SIGKILL")
  }
}, 30_000)

test("in a state directory that cannot be written, both ways to start say so", async () => {
  await using home = await tmpHome()
  await writeSettings(home)
  using _readOnly = makeReadOnly(home.stateDir)
  for (const command of ["run", "start"]) {
    await using daemon = spawnDaemon(home, [command])
    expect(await daemon.ended).toBe(74)
    const said = await daemon.stderr()
    expect(said).toMatch(/^error {2}cannot /)
    expect(said).toContain(home.stateDir)
    expect(said).toMatch(/read-only|permission denied/i)
  }
}, 30_000)

test("a daemon whose state directory was removed gives up, and leaves the next one alone", async () => {
  await using home = await tmpHome()
  await writeSettings(home)
  await using first = spawnDaemon(home, ["run"])
  {
    await using _ready = await connectDaemon(home)
  }
  rmSync(home.stateDir, { recursive: true })
  await using second = spawnDaemon(home, ["run"])
  await using client = await connectDaemon(home)
  expect(await first.ended).toBe(74)
  expect(await first.stderr()).toMatch(/^error {2}cannot go on: .*lock.db was removed or replaced/)
  const { pid, health } = await client.call("daemon.status")
  expect([pid, health]).toEqual([second.pid, "healthy"])
  const { info, socket, heartbeat, store } = statePaths(home.stateDir)
  expect([info, socket, heartbeat, store].filter((path) => !existsSync(path))).toEqual([])
  second.kill("SIGTERM")
  expect(await second.ended).toBe(0)
}, 30_000)

test("a control socket that somebody removed is made again", async () => {
  await using home = await tmpHome()
  await writeSettings(home)
  await using daemon = spawnDaemon(home, ["run"])
  await using before = await connectDaemon(home)
  await before.call("ping")
  rmSync(statePaths(home.stateDir).socket)
  await using after = await connectDaemon(home)
  expect(await after.call("daemon.status")).toMatchObject({ pid: daemon.pid })
  expect(await before.call("ping")).toMatchObject({ pong: true })
}, 30_000)

/** By its permissions, or for root, whom they do not stop, by a mount. */
function makeReadOnly(path: string): Disposable {
  mkdirSync(path, { recursive: true })
  if (process.getuid?.() !== 0) {
    chmodSync(path, 0o500)
    return { [Symbol.dispose]: () => chmodSync(path, 0o700) }
  }
  const mount = ["mount", "-t", "tmpfs", "-o", "ro,size=1m,mode=0700", "tina-test", path]
  expect(Bun.spawnSync(mount).exitCode).toBe(0)
  return { [Symbol.dispose]: () => void Bun.spawnSync(["umount", "-l", path]) }
}

function readState(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"))
}

/** A deployment that takes every connection and never says a word. */
function listenSilently(): Disposable & { readonly settings: string } {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } })
  const settings = `convex_url = "http://127.0.0.1:${listener.port}"\nauth_token = "${"t".repeat(32)}"`
  return { settings, [Symbol.dispose]: () => listener.stop(true) }
}
