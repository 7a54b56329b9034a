import { expect, test } from "bun:test"
import type { TaskView } from "../../../src/api/views.ts"
import { methods } from "../../../src/api/methods.ts"
import { TinaError } from "../../../src/base/errors.ts"
import { commandEntries } from "../../../src/cli/commands.ts"
import { runCommandLine } from "../../support/command-line.ts"
import { openTestSocket } from "../../support/control-socket.ts"
import { testStatus } from "../../support/handlers.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const at = "2026-01-02T03:04:05.000Z"

const task: TaskView = {
  team: "auth",
  phase: "1",
  id: "3",
  subject: "Write \x1b[2Jit",
  status: "in_progress",
  owner: "worker-1",
  blockedBy: ["1"],
  internal: false,
  statusSince: at,
  recordedAt: at,
}

test("status says how the daemon is, and its exit code says it to a script", async () => {
  await using home = await tmpHome()
  let health: "healthy" | "degraded" = "healthy"
  await using _server = await openTestSocket(home.stateDir, {
    handlers: { "daemon.status": () => ({ ...testStatus, health }) },
  })
  const well = await runCommandLine(home, ["status"])
  expect(well).toMatchObject({ exit: 0, stderr: "" })
  expect(well.stdout).toStartWith("● tina-daemon is running  0.0.0, pid 4242")
  health = "degraded"
  expect(await runCommandLine(home, ["status"])).toMatchObject({ exit: 1 })
  const json = await runCommandLine(home, ["status", "--json"])
  expect(JSON.parse(json.stdout)).toEqual({ running: true, ...testStatus, health })
})

test("status says when the daemon is of another version", async () => {
  await using home = await tmpHome()
  await using _server = await openTestSocket(home.stateDir)
  const { stderr, exit } = await runCommandLine(home, ["status"], { seams: { version: "9.9.9" } })
  expect(exit).toBe(0)
  expect(stderr).toBe("the daemon is 0.0.0 and this program is 9.9.9: tina-daemon restart\n")
})

test("without a daemon status says how to start it and exits with 3", async () => {
  await using home = await tmpHome()
  const text = await runCommandLine(home, ["status"])
  expect(text.exit).toBe(3)
  expect(text.stdout).toContain("tina-daemon start --local")
  const json = await runCommandLine(home, ["status", "--json"])
  expect(json.exit).toBe(3)
  expect(JSON.parse(json.stdout)).toMatchObject({ running: false })
})

test("tasks are listed by team, and nothing in them reaches the terminal as a control", async () => {
  await using home = await tmpHome()
  await using _server = await openTestSocket(home.stateDir, {
    handlers: { "tasks.list": () => ({ tasks: [task] }) },
  })
  const { stdout, exit } = await runCommandLine(home, ["tasks"])
  expect(exit).toBe(0)
  expect(stdout).toContain("auth  phase 1, 0 of 1 done\n")
  expect(stdout).toMatch(/●\s+3\s+Write ␛\[2Jit\s+in progress\s+worker-1\s+\d+d\n/)
})

test("the options of tasks become its parameters", async () => {
  await using home = await tmpHome()
  const asked: unknown[] = []
  await using _server = await openTestSocket(home.stateDir, {
    handlers: { "tasks.list": (input) => (asked.push(input), { tasks: [] }) },
  })
  expect((await runCommandLine(home, ["tasks"])).stdout).toStartWith("No tasks. Agents' tasks")
  const ofTeam = await runCommandLine(home, ["tasks", "--team", "auth", "--all"])
  expect(ofTeam.stdout).toStartWith("No tasks of auth. What teams there are:")
  expect(asked).toEqual([{}, { team: "auth", all: true }])
})

test("--json prints the result of the method and nothing else", async () => {
  await using home = await tmpHome()
  await using _server = await openTestSocket(home.stateDir, {
    handlers: { "tasks.list": () => ({ tasks: [task] }) },
  })
  const lists = {
    teams: { teams: [], unlinked: [] },
    tasks: { tasks: [task] },
    problems: { problems: [] },
  }
  for (const [name, result] of Object.entries(lists)) {
    const { stdout, stderr } = await runCommandLine(home, [name, "--json"])
    expect(JSON.parse(stdout)).toEqual(result)
    expect(stderr).toBe("")
  }
})

test("the demo's daemon is used when no other runs, and that is said", async () => {
  await using home = await tmpHome()
  await using _demo = await openTestSocket(`${home.stateDir}-demo`)
  expect(await runCommandLine(home, ["status"])).toMatchObject({ exit: 0, stderr: "(demo)\n" })
  const elsewhere = { env: { TINA_STATE_DIR: `${home.path}/other` } }
  expect(await runCommandLine(home, ["status"], elsewhere)).toMatchObject({ exit: 3, stderr: "" })
  await using _own = await openTestSocket(home.stateDir)
  expect(await runCommandLine(home, ["status"])).toMatchObject({ exit: 0, stderr: "" })
})

test("without a daemon the lists are read from the disk, and that is said", async () => {
  await using home = await tmpHome()
  const seams = {
    openLocalReader: async () => ({
      "teams.list": async () => ({ teams: [], unlinked: [] }),
      "tasks.list": async () => ({ tasks: [task] }),
      "tasks.get": () => Promise.reject(new TinaError("not_found", "no such task")),
      "problems.list": async () => ({ problems: [] }),
    }),
  }
  const { exit, stdout, stderr } = await runCommandLine(home, ["tasks", "--json"], { seams })
  expect(exit).toBe(0)
  expect(JSON.parse(stdout)).toEqual({ tasks: [task] })
  expect(stderr).toBe("(no daemon is running: this is what is on the disk)\n")
  expect(await runCommandLine(home, ["tasks"])).toMatchObject({ exit: 3, stdout: "" })
})

test("rpc calls any method, and a failure has its exit code, message and hint", async () => {
  await using home = await tmpHome()
  await using _server = await openTestSocket(home.stateDir, {
    handlers: {
      "tasks.get": () => {
        throw new TinaError("not_found", "cannot find task 9: no such task", { hint: "look" })
      },
    },
  })
  const found = await runCommandLine(home, ["rpc", "ping"])
  expect(JSON.parse(found.stdout)).toMatchObject({ pong: true })
  expect(await runCommandLine(home, ["rpc", "tasks.get", '{"team":"a","id":"9"}'])).toEqual({
    exit: 4,
    stdout: "",
    stderr: "error  cannot find task 9: no such task\n try   look\n",
  })
  expect(await runCommandLine(home, ["rpc", "nope"])).toMatchObject({ exit: 2 })
  expect(await runCommandLine(home, ["rpc", "ping", "{bad"])).toMatchObject({ exit: 2 })
})

test("methods lists every method without a daemon", async () => {
  await using home = await tmpHome()
  const { stdout } = await runCommandLine(home, ["methods"])
  for (const name of Object.keys(methods)) expect(stdout).toContain(name)
  const json = await runCommandLine(home, ["methods", "--json"])
  expect(JSON.parse(json.stdout).methods).toHaveLength(Object.keys(methods).length)
})

test("help shows every command, and each command has a page of its own", async () => {
  await using home = await tmpHome()
  const { stdout, exit } = await runCommandLine(home, ["--help"])
  expect(exit).toBe(0)
  for (const [name, { summary, group, ownLanguage }] of commandEntries) {
    expect(stdout.includes(`  ${name} `)).toBe(group !== undefined)
    const own = await runCommandLine(home, [name, "--help"])
    expect(own.exit).toBe(0)
    if (ownLanguage) continue
    expect(own.stdout).toStartWith(`${summary}\n\nUsage  tina-daemon ${name}`)
  }
  expect((await runCommandLine(home, ["help", "tasks"])).stdout).toContain("--watch")
})

test("session has a command line of its own, help included", async () => {
  await using home = await tmpHome()
  const own = await runCommandLine(home, ["session", "name", "--help"])
  expect(own.stdout).toContain("tina-session name")
  expect(await runCommandLine(home, ["session", "nope"])).toMatchObject({ exit: 2, stdout: "" })
})

test("a command that there is not is an error that names the likely one", async () => {
  await using home = await tmpHome()
  expect(await runCommandLine(home, ["statsu"])).toEqual({
    exit: 2,
    stdout: "",
    stderr: "error  cannot run statsu: there is no such command\n try   tina-daemon status\n",
  })
})

test("without any configuration the daemon says what to do", async () => {
  await using home = await tmpHome()
  const { exit, stderr } = await runCommandLine(home, [])
  expect(exit).toBe(2)
  expect(stderr).toContain("--local")
  expect(stderr).toContain("config.toml")
})

test("actions shows how far each got, and why one failed", async () => {
  await using home = await tmpHome()
  const steps = [
    { step: "queued" as const, at },
    { step: "finished" as const, at },
  ]
  const actions = [
    { id: "a2", type: "retry", status: "failed" as const, requestedBy: "ada", steps },
    { id: "a1", type: "pause", status: "completed" as const, requestedBy: "ada", steps },
  ].map((action) =>
    action.status === "failed"
      ? {
          ...action,
          feature: "auth",
          errorCode: "cli_exit_non_zero",
          message: "not \x1b[2J blocked",
        }
      : action,
  )
  await using _server = await openTestSocket(home.stateDir, {
    handlers: { "actions.list": () => ({ actions }) },
  })
  const { stdout } = await runCommandLine(home, ["actions"])
  const [titles, failed, completed] = stdout.split("\n")
  expect(titles).toStartWith("ACTION  FEATURE  STATUS     STEP")
  expect(failed).toContain("cli_exit_non_zero: not")
  expect(failed).not.toContain("\x1b")
  expect(completed).toStartWith("pause            completed  finished")
  const json = await runCommandLine(home, ["actions", "--json"])
  expect(JSON.parse(json.stdout)).toEqual({ actions })
})
