import { expect, test } from "bun:test"
import { createLog, jsonSink } from "../../../src/base/log.ts"
import { interruption } from "../../../src/cli/interruption.ts"
import { createLogFile, logFilePath } from "../../../src/system/log-file.ts"
import { runCommandLine, startCommand } from "../../support/command-line.ts"
import { eventually } from "../../support/eventually.ts"
import { tmpHome } from "../../support/tmp-home.ts"
import type { TmpHome } from "../../support/tmp-home.ts"

function openLog(home: TmpHome, clock: { at: number }) {
  const file = createLogFile(logFilePath(`${home.stateDir}/logs`), {
    limits: () => ({ maxBytes: 500, keepFiles: 9 }),
    now: () => clock.at,
  })
  const log = createLog("debug", {
    sinks: [jsonSink((line) => file.write(line))],
    now: () => clock.at,
  })
  return { log, [Symbol.dispose]: () => file[Symbol.dispose]() }
}

test("logs shows the last lines in order, as many as are asked for, over rotated files", async () => {
  await using home = await tmpHome()
  using place = openLog(home, { at: Date.now() })
  for (let i = 0; i < 30; i++) place.log.info(`line ${i}`)
  const { stdout, exit } = await runCommandLine(home, ["logs", "-n", "12"])
  expect(exit).toBe(0)
  const numbers = stdout
    .trim()
    .split("\n")
    .map((line) => Number(/line (\d+)/.exec(line)?.[1]))
  expect(numbers).toEqual(Array.from({ length: 12 }, (_, i) => 18 + i))
})

test("--level shows that level and worse, --since what is younger, --json the file's own lines", async () => {
  await using home = await tmpHome()
  const clock = { at: Date.now() - 3_600_000 }
  using place = openLog(home, clock)
  place.log.error("old failure")
  clock.at = Date.now()
  place.log.info("new\x1b[2J", { service: "push" })
  place.log.warn("new warning")
  const byLevel = await runCommandLine(home, ["logs", "--level", "warn"])
  expect(byLevel.stdout).toContain("old failure")
  expect(byLevel.stdout).not.toContain("push")
  const since = await runCommandLine(home, ["logs", "--since", "10m"])
  expect(since.stdout).not.toContain("old failure")
  expect(since.stdout).toContain("info   new␛[2J  service=push\n")
  const json = await runCommandLine(home, ["logs", "--since", "10m", "--json"])
  expect(
    json.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).msg),
  ).toEqual(["new\x1b[2J", "new warning"])
})

test("--follow shows what comes until it is interrupted", async () => {
  await using home = await tmpHome()
  using place = openLog(home, { at: Date.now() })
  place.log.info("before")
  const logs = startCommand(home, ["logs", "-f"])
  await eventually(() => logs.stdout().includes("before"))
  for (let i = 0; i < 20; i++) place.log.info(`after ${i}`)
  await eventually(() => logs.stdout().includes("after 19"))
  logs.abort(interruption("SIGINT"))
  expect(await logs.exit).toBe(130)
  expect(logs.stdout().match(/before|after/g)).toHaveLength(21)
})

test("--follow where there is no log yet says so, and shows what a daemon then writes", async () => {
  await using home = await tmpHome()
  const logs = startCommand(home, ["logs", "-f"])
  await eventually(() => logs.stderr().includes("(there is no log at "))
  using place = openLog(home, { at: Date.now() })
  place.log.info("the first line")
  await eventually(() => logs.stdout().includes("the first line"))
  logs.abort(interruption("SIGINT"))
  expect(await logs.exit).toBe(130)
})

test("a log that cannot be read is named", async () => {
  await using home = await tmpHome()
  await Bun.write(`${home.stateDir}/logs`, "")
  const { exit, stderr } = await runCommandLine(home, ["logs"])
  expect({ exit, stderr }).toEqual({
    exit: 74,
    stderr: expect.stringContaining("error  cannot read the log: ENOTDIR"),
  })
  expect(stderr).toContain(` try   ls -l ${home.stateDir}/logs/daemon.log`)
})

test("without a log, and for what makes no sense, there is an error that says what to do", async () => {
  await using home = await tmpHome()
  expect(await runCommandLine(home, ["logs"])).toMatchObject({ exit: 4 })
  for (const words of [
    ["-n", "x"],
    ["--level", "loud"],
    ["--since", "soon"],
  ]) {
    expect(await runCommandLine(home, ["logs", ...words])).toMatchObject({ exit: 2, stdout: "" })
  }
})
