import { expect, test } from "bun:test"
import { join } from "node:path"
import { runProcess, type Command, type RunLimits } from "../../../src/base/process.ts"
import { eventually } from "../../support/eventually.ts"
import { isAlive } from "../../support/processes.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const env = { PATH: process.env["PATH"], BUN_OPTIONS: "--smol", BUN_BE_BUN: "1" }
const shell = (script: string, cwd = "/"): Command => ({ argv: ["sh", "-c", script], cwd, env })
const limits: RunLimits = { signal: new AbortController().signal, timeLimitMs: 10_000 }

test("runProcess() gives exit code and output", async () => {
  const outcome = await runProcess(shell("echo out; echo err >&2; exit 3"), limits)
  expect(outcome).toMatchObject({
    status: "exited",
    code: 3,
    stdout: { text: "out\n" },
    stderr: { text: "err\n" },
  })
})

test("runProcess() feeds stdin", async () => {
  const outcome = await runProcess({ ...shell("cat"), stdin: "hello" }, limits)
  expect(outcome).toMatchObject({ stdout: { text: "hello" } })
})

test("runProcess() keeps Bun's own switches from the child", async () => {
  const outcome = await runProcess(shell('echo "[$BUN_OPTIONS$BUN_BE_BUN]"'), limits)
  expect(outcome).toMatchObject({ stdout: { text: "[]\n" } })
})

test("runProcess() says which of command and directory is missing", async () => {
  const noDirectory = await runProcess(shell("true", "/nowhere"), limits)
  expect(noDirectory).toMatchObject({ status: "not_started", problem: "cwd_missing" })
  const noCommand = await runProcess({ argv: ["no-such-thing"], cwd: "/", env }, limits)
  expect(noCommand).toEqual({
    status: "not_started",
    problem: "command_missing",
    reason: "there is no command no-such-thing",
  })
})

test("runProcess() reports a program that is not executable", async () => {
  const outcome = await runProcess({ argv: ["/etc/hostname"], cwd: "/", env }, limits)
  expect(outcome).toMatchObject({ status: "not_started", problem: "failed" })
})

test("runProcess() reports a signal that was not ours", async () => {
  const outcome = await runProcess(shell("kill -USR1 $$"), limits)
  expect(outcome).toMatchObject({ status: "killed", signal: "SIGUSR1" })
})

test("runProcess() kills a child that ignores TERM, and its children with it", async () => {
  await using home = await tmpHome()
  const pidFile = join(home.path, "pid")
  const script = `trap "" TERM; (trap "" TERM; sleep 100) & echo $! > ${pidFile}; wait; sleep 100`
  const outcome = await runProcess(shell(script), { ...limits, timeLimitMs: 200, graceMs: 100 })
  expect(outcome).toMatchObject({ status: "timed_out" })
  const pid = Number(await Bun.file(pidFile).text())
  await eventually(() => !isAlive(pid), { what: "the death of the grandchild" })
})

test("runProcess() lets a child clean up within the grace period", async () => {
  const controller = new AbortController()
  const script = 'trap "echo bye; exit 0" TERM; echo ready; while :; do sleep 0.05; done'
  const running = runProcess(shell(script), { ...limits, signal: controller.signal })
  setTimeout(() => controller.abort(), 200)
  expect(await running).toMatchObject({ status: "aborted", stdout: { text: "ready\nbye\n" } })
})

test("runProcess() leaves nothing running that the command put into the background", async () => {
  const outcome = await runProcess(shell("sleep 100 & echo $!"), limits)
  if (outcome.status !== "exited") throw new Error(outcome.status)
  await eventually(() => !isAlive(Number(outcome.stdout.text)), { what: "the end of the sleeper" })
})

test("runProcess() does not wait for a stranger that holds the pipe", async () => {
  const start = performance.now()
  const outcome = await runProcess(shell("setsid sleep 2 & echo done"), limits)
  expect(outcome).toMatchObject({ status: "exited", stdout: { text: "done\n" } })
  expect(performance.now() - start).toBeLessThan(1_500)
})

test("runProcess() bounds what it keeps of a flood", async () => {
  const outcome = await runProcess(shell("yes | head -c 10000000; echo end"), {
    ...limits,
    maxOutputBytes: 1_000,
  })
  if (outcome.status !== "exited") throw new Error(outcome.status)
  expect(outcome.stdout.droppedBytes).toBe(10_000_004 - 1_000)
  expect(outcome.stdout.text).toEndWith("end\n")
})
