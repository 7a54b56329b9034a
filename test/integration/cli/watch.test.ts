import { expect, test } from "bun:test"
import { join } from "node:path"
import type { TaskView } from "../../../src/api/views.ts"
import { interruption } from "../../../src/cli/interruption.ts"
import { startCommand } from "../../support/command-line.ts"
import { openTestSocket } from "../../support/control-socket.ts"
import { eventually } from "../../support/eventually.ts"
import { createTestTerminal } from "../../support/terminal.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const at = "2026-01-02T03:04:05.000Z"

function taskIn(status: TaskView["status"]): TaskView {
  return {
    team: "auth",
    id: "1",
    subject: "Write it",
    status,
    blockedBy: [],
    internal: false,
    statusSince: at,
    recordedAt: at,
  }
}

/** A daemon with one task, whose status can be changed. */
async function serve(dir: string) {
  let tasks = [taskIn("pending")]
  let asked = 0
  const server = await openTestSocket(dir, {
    handlers: { "tasks.list": () => (asked++, { tasks }) },
  })
  return {
    change(status: TaskView["status"]) {
      tasks = [taskIn(status)]
      server.events.append("sync.changed", { teams: ["auth"] })
    },
    asked: () => asked,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

test("piped, each change is one line as it happens, and nothing else", async () => {
  await using home = await tmpHome()
  await using daemon = await serve(home.stateDir)
  const watch = startCommand(home, ["tasks", "--watch"])
  await eventually(() => daemon.asked() === 1)
  daemon.change("in_progress")
  await eventually(() => watch.stdout().includes("in progress"))
  daemon.change("completed")
  await eventually(() => watch.stdout().includes("completed"))
  watch.abort(interruption("SIGINT"))
  expect(await watch.exit).toBe(130)
  expect(watch.stdout()).toMatch(
    /^\S+ {2}auth #1 {2}pending -> in progress {2}Write it\n\S+ {2}auth #1 {2}in progress -> completed {2}Write it\n$/,
  )
  expect(watch.stderr()).toBe("")
})

test("with --json each change is one JSON line", async () => {
  await using home = await tmpHome()
  await using daemon = await serve(home.stateDir)
  const watch = startCommand(home, ["tasks", "--watch", "--json"])
  await eventually(() => daemon.asked() === 1)
  daemon.change("completed")
  await eventually(() => watch.stdout().endsWith("\n"))
  watch.abort(interruption("SIGTERM"))
  expect(await watch.exit).toBe(143)
  expect(JSON.parse(watch.stdout())).toMatchObject({
    change: "changed",
    task: { status: "completed" },
    before: { status: "pending" },
  })
})

test("a watch outlives a restart of the daemon and shows what changed meanwhile", async () => {
  await using home = await tmpHome()
  const first = await serve(home.stateDir)
  const watch = startCommand(home, ["tasks", "--watch"])
  await eventually(() => first.asked() === 1)
  await first[Symbol.asyncDispose]()
  await eventually(() => watch.stderr().includes("waiting for it to come back"))
  await refuseTwice(join(home.stateDir, "daemon.sock"))
  await using second = await serve(home.stateDir)
  second.change("completed")
  await eventually(() => watch.stdout().includes("pending -> completed"))
  watch.abort(interruption("SIGINT"))
  expect(await watch.exit).toBe(130)
  expect(watch.stderr().match(/waiting/g)).toHaveLength(1)
})

/** A socket that hangs up on whoever connects, until that has happened twice. */
async function refuseTwice(path: string): Promise<void> {
  let attempts = 0
  using _listener = Bun.listen({
    unix: path,
    socket: {
      data() {},
      open(socket) {
        attempts++
        socket.end()
      },
    },
  })
  await eventually(() => attempts >= 2)
}

test("a burst of changes is asked for a few times only, and its end is shown", async () => {
  await using home = await tmpHome()
  await using daemon = await serve(home.stateDir)
  const watch = startCommand(home, ["tasks", "--watch"])
  await eventually(() => daemon.asked() === 1)
  for (let i = 0; i < 500; i++) daemon.change("in_progress")
  daemon.change("completed")
  await eventually(() => watch.stdout().includes("completed"))
  expect(daemon.asked()).toBeLessThan(20)
  watch.abort(interruption("SIGINT"))
  await watch.exit
})

test("without a daemon a watch ends at once with 3", async () => {
  await using home = await tmpHome()
  expect(await startCommand(home, ["tasks", "--watch"]).exit).toBe(3)
})

test("on a terminal the picture changes in place, follows the width, and stays when it ends", async () => {
  await using home = await tmpHome()
  await using daemon = await serve(home.stateDir)
  const terminal = createTestTerminal(80, 20)
  const watch = startCommand(home, ["tasks", "--watch"], { stdout: terminal })
  const shows = (text: string) => () => terminal.visible().some((line) => line.includes(text))
  await eventually(shows("pending"))
  daemon.change("in_progress")
  await eventually(shows("in progress"))
  expect(terminal.visible().filter((line) => line.includes("Write it"))).toHaveLength(1)
  terminal.resize(30, 20)
  expect(terminal.visible().filter((line) => line.includes("Write it"))).toHaveLength(1)
  watch.abort(interruption("SIGINT"))
  expect(await watch.exit).toBe(130)
  expect(terminal.visible().at(-1)).toBe("")
  expect(shows("Write it")()).toBe(true)
})
