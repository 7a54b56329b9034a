/** `install` and `uninstall` as commands, with a systemctl that stands in for the real one. */
import { expect, test } from "bun:test"
import { mkdir, realpath } from "node:fs/promises"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { runCommandLine } from "../../support/command-line.ts"
import { openTestSocket } from "../../support/control-socket.ts"
import { eventually } from "../../support/eventually.ts"
import { createStandIns } from "../../support/stand-in.ts"
import { tmpHome, type TmpHome } from "../../support/tmp-home.ts"
import { parseUnit } from "../../support/unit-file.ts"

const systemctl = `
shift
case $1 in
  is-active) [ -e "$here/$3" ] ;;
  restart) touch "$here/$2" ;;
  disable) rm -f "$here/$3" ;;
esac`

async function setUp(home: TmpHome) {
  const programs = await createStandIns(join(home.path, "programs"), { systemctl })
  const env = { PATH: `${programs.path}:relative`, TINA_AUTH_TOKEN: "secret-of-the-terminal" }
  const unit = join(home.path, ".config/systemd/user/tina-daemon.service")
  const run = (...argv: string[]) => runCommandLine(home, argv, { env })
  return { programs, unit, run }
}

test("install --dry-run prints the file and the commands, and changes nothing", async () => {
  await using home = await tmpHome()
  const { programs, unit, run } = await setUp(home)
  const { exit, stdout } = await run("install", "--local", "--dry-run")
  expect(exit).toBe(0)
  expect(stdout).toContain(`# ${unit}\n`)
  expect(stdout).toContain("systemctl --user enable tina-daemon.service\n")
  const { command, environment } = parseUnit(stdout)
  expect(command).toEqual([await realpath(process.execPath), "run", "--local"])
  expect(environment).toEqual({
    PATH: expect.stringContaining(`${programs.bin}:/usr/bin:/bin:${home.path}/.local/bin`),
    XDG_CONFIG_HOME: home.env["XDG_CONFIG_HOME"] ?? "",
    XDG_STATE_HOME: home.env["XDG_STATE_HOME"] ?? "",
  })
  expect(stdout).not.toContain("secret")
  expect(programs.calls()).toEqual([])
  expect(existsSync(unit)).toBe(false)
  expect(existsSync(home.stateDir)).toBe(false)
})

test("install starts the service, waits until it answers, and uninstall removes it", async () => {
  await using home = await tmpHome()
  const { programs, unit, run } = await setUp(home)
  const installing = run("install", "--local")
  await eventually(() => programs.has("tina-daemon.service"))
  await using daemon = await openTestSocket(home.stateDir)
  expect(await installing).toMatchObject({ exit: 0, stdout: expect.stringContaining("pid 4242") })
  expect(await run("install", "--local")).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining("Already installed"),
  })
  await daemon[Symbol.asyncDispose]()
  expect(await run("uninstall")).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining("Removed"),
  })
  expect(existsSync(unit)).toBe(false)
  expect(await run("uninstall")).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining("There is no service"),
  })
})

test("install refuses while a daemon runs that is no service", async () => {
  await using home = await tmpHome()
  const { unit, run } = await setUp(home)
  await mkdir(home.stateDir, { recursive: true })
  await using _daemon = await openTestSocket(home.stateDir)
  const { exit, stderr } = await run("install", "--local")
  expect({ exit, stderr }).toEqual({ exit: 6, stderr: expect.stringContaining("tina-daemon stop") })
  expect(existsSync(unit)).toBe(false)
})

test("install refuses settings that only this terminal has", async () => {
  await using home = await tmpHome()
  const { unit, run } = await setUp(home)
  const config = join(home.configDir, "config.toml")
  await Bun.write(config, 'convex_url = "https://happy-animal-123.convex.cloud"\n')
  const { exit, stderr } = await run("install")
  expect({ exit, stderr }).toEqual({ exit: 2, stderr: expect.stringContaining("auth_token") })
  expect(existsSync(unit)).toBe(false)
})

test("a path that is given to install is absolute in the service", async () => {
  await using home = await tmpHome()
  const { run } = await setUp(home)
  const { stdout } = await run("install", "--local", "--dry-run", "--state-dir", "~/st")
  expect(parseUnit(stdout).command.slice(1)).toEqual([
    "run",
    "--local",
    `--state-dir=${home.path}/st`,
  ])
})

test.skipIf(process.getuid?.() !== 0)(
  "install refuses to make a service of root for somebody else",
  async () => {
    await using home = await tmpHome()
    const env = { SUDO_USER: "ada" }
    const { exit, stderr } = await runCommandLine(home, ["install", "--local", "--dry-run"], {
      env,
    })
    expect({ exit, stderr }).toEqual({ exit: 2, stderr: expect.stringContaining("without sudo") })
  },
)
