/** The program as a process: its streams, its signals and how it ends. Run from the sources. */
import { expect, test } from "bun:test"
import { join } from "node:path"
import type { TaskView } from "../../../src/api/views.ts"
import { openTestSocket } from "../../support/control-socket.ts"
import { eventually } from "../../support/eventually.ts"
import { tmpHome } from "../../support/tmp-home.ts"
import type { TmpHome } from "../../support/tmp-home.ts"

const main = join(import.meta.dir, "../../../src/main.ts")
const at = "2026-01-02T03:04:05.000Z"

function spawn(home: TmpHome, argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return Bun.spawn([process.execPath, main, ...argv], {
    env: { ...home.env, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  })
}

function tasks(count: number): TaskView[] {
  return Array.from({ length: count }, (_, i) => ({
    team: "auth",
    id: `${i}`,
    subject: "x".repeat(200),
    status: "pending",
    blockedBy: [],
    internal: false,
    statusSince: at,
    recordedAt: at,
  }))
}

test("--version prints the version and loads nothing else", async () => {
  await using home = await tmpHome()
  const child = spawn(home, ["--version"])
  expect(await new Response(child.stdout).text()).toMatch(/^tina-daemon \d+\.\d+\.\d+\n$/)
  expect(await child.exited).toBe(0)
})

test("an output larger than a pipe arrives whole, however slowly it is read", async () => {
  await using home = await tmpHome()
  await using _server = await openTestSocket(home.stateDir, {
    handlers: { "tasks.list": () => ({ tasks: tasks(10_000) }) },
  })
  const child = Bun.spawn(
    ["sh", "-c", '"$@" | { sleep 0.3; cat; }', "sh", process.execPath, main, "tasks", "--json"],
    { env: home.env, stdin: "ignore", stdout: "pipe", stderr: "inherit" },
  )
  expect(JSON.parse(await new Response(child.stdout).text()).tasks).toHaveLength(10_000)
})

test("a reader that has seen enough ends the program quietly", async () => {
  await using home = await tmpHome()
  await using _server = await openTestSocket(home.stateDir, {
    handlers: { "tasks.list": () => ({ tasks: tasks(10_000) }) },
  })
  const program = '{ "$@"; echo "exit $?" >&2; } | head -1'
  const child = Bun.spawn(["sh", "-c", program, "sh", process.execPath, main, "tasks"], {
    env: home.env,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  })
  expect(await new Response(child.stderr).text()).toBe("exit 0\n")
})

test.skipIf(process.platform !== "linux")(
  "an output that cannot be written is a failure",
  async () => {
    await using home = await tmpHome()
    const child = Bun.spawn([process.execPath, main, "methods"], {
      env: home.env,
      stdin: "ignore",
      stdout: Bun.file("/dev/full"),
      stderr: "pipe",
    })
    expect(await new Response(child.stderr).text()).toStartWith("error  cannot write the output: ")
    expect(await child.exited).toBe(74)
  },
)

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  test(`${signal} ends a watch with ${code}`, async () => {
    await using home = await tmpHome()
    let asked = 0
    await using _server = await openTestSocket(home.stateDir, {
      handlers: { "tasks.list": () => (asked++, { tasks: [] }) },
    })
    const child = spawn(home, ["tasks", "--watch"])
    await eventually(() => asked > 0)
    child.kill(signal)
    expect(await child.exited).toBe(code)
    expect(await new Response(child.stderr).text()).toBe("")
  })
}

test("a daemon that is told to stop exits with 0 and leaves nothing running", async () => {
  await using home = await tmpHome()
  await Bun.write(join(home.configDir, "config.toml"), 'convex_url = "local"\nlocal.port = 0\n')
  const child = spawn(home, [])
  const socket = join(home.stateDir, "daemon.sock")
  await eventually(() =>
    Bun.file(socket)
      .stat()
      .then(
        () => true,
        () => false,
      ),
  )
  child.kill("SIGTERM")
  expect(await child.exited).toBe(0)
  expect(await Bun.file(socket).exists()).toBe(false)
  expect(await new Response(child.stderr).text()).toBe("")
}, 20_000)

test("colours are printed only where they are wanted", async () => {
  await using home = await tmpHome()
  const print = async (env: Readonly<Record<string, string>>) =>
    await new Response(spawn(home, ["--help"], env).stdout).text()
  expect(await print({})).not.toContain("\x1b[")
  expect(await print({ FORCE_COLOR: "1" })).toContain("\x1b[1m")
})
