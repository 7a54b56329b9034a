/** `doctor` as a command, in a home of its own. */
import { expect, test } from "bun:test"
import { chmod, mkdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { z } from "zod"
import { runCommandLine } from "../../support/command-line.ts"
import { openTestSocket } from "../../support/control-socket.ts"
import { createStandIns } from "../../support/stand-in.ts"
import { tmpHome, type TmpHome } from "../../support/tmp-home.ts"

const answer = z.strictObject({
  status: z.enum(["ok", "warn", "fail"]),
  checks: z.array(
    z.strictObject({
      name: z.string(),
      status: z.enum(["ok", "warn", "fail"]),
      message: z.string().min(1),
      fix: z.string().optional(),
      mended: z.literal(true).optional(),
    }),
  ),
})

async function setUp(home: TmpHome) {
  const programs = await createStandIns(join(home.path, "programs"), {
    claude: "echo 2.0.0",
    git: "echo git version 2",
    tmux: "echo tmux 3",
    systemctl: "exit 1",
    ps: "exit 0",
  })
  await Bun.write(join(home.claudeDir, ".credentials.json"), "{}")
  return async (...argv: string[]) => {
    const env = { PATH: programs.path }
    return await runCommandLine(home, ["doctor", "--local", ...argv], {
      env,
      seams: { version: "1.2.3" },
    })
  }
}

test("doctor --json names every check, and what is wrong has a command that helps", async () => {
  await using home = await tmpHome()
  const { exit, stdout } = await (await setUp(home))("--json")
  const { status, checks } = answer.parse(JSON.parse(stdout))
  expect({ exit, status }).toEqual({ exit: 0, status: "warn" })
  const wrong = checks.filter((check) => check.status !== "ok")
  expect(wrong.map(({ name, fix }) => [name, fix])).toEqual([["daemon", "tina-daemon start"]])
  const names = checks.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})

test("doctor looks and changes nothing", async () => {
  await using home = await tmpHome()
  await (
    await setUp(home)
  )()
  expect(await stat(home.stateDir).catch(() => "missing")).toBe("missing")
})

test("doctor speaks to the daemon that runs", async () => {
  await using home = await tmpHome()
  await mkdir(home.stateDir, { recursive: true, mode: 0o700 })
  await using _daemon = await openTestSocket(home.stateDir)
  const { stdout } = await (await setUp(home))("--json")
  const { checks } = answer.parse(JSON.parse(stdout))
  const daemon = checks.find(({ name }) => name === "daemon")
  expect(daemon?.message).toContain("still version 0.0.0, and this program is 1.2.3")
})

test("a failure is marked, has its remedy below, and makes the exit code 1; --fix mends it", async () => {
  await using home = await tmpHome()
  const doctor = await setUp(home)
  await mkdir(home.stateDir, { recursive: true })
  await chmod(home.stateDir, 0o755)
  using _socket = Bun.listen({ unix: join(home.stateDir, "daemon.sock"), socket: { data() {} } })
  await chmod(join(home.stateDir, "daemon.sock"), 0o666)
  const before = await doctor()
  expect(before.exit).toBe(1)
  expect(before.stdout).toMatch(/✗ socket .*0666\)\n +try {2}chmod 600 /)
  const after = await doctor("--fix")
  expect(after.stdout).toMatch(/✓ state directory .*\(mended\)/)
  expect((await stat(home.stateDir)).mode & 0o777).toBe(0o700)
}, 20_000)

test("a configuration that is missing is one failure among the others", async () => {
  await using home = await tmpHome()
  await setUp(home)
  const { exit, stdout } = await runCommandLine(home, ["doctor", "--json"])
  const { checks } = answer.parse(JSON.parse(stdout))
  expect(exit).toBe(1)
  expect(checks[0]).toMatchObject({ name: "configuration", status: "fail" })
  expect(checks.length).toBeGreaterThan(10)
})
