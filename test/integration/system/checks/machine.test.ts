/** The checks of what else is on the machine: Claude Code, programs, services, processes, limits. */
import { agentsCheck } from "../../../../src/system/checks/agents.ts"
import { expect, test } from "bun:test"
import { mkdir, writeFile } from "node:fs/promises"
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { Check } from "../../../../src/system/checks/check.ts"
import { claudeChecks } from "../../../../src/system/checks/claude.ts"
import { loginCheck } from "../../../../src/system/checks/login.ts"
import { processCheck } from "../../../../src/system/checks/processes.ts"
import { programChecks } from "../../../../src/system/checks/programs.ts"
import { serviceChecks } from "../../../../src/system/checks/service.ts"
import { watchLimitCheck } from "../../../../src/system/checks/watch-limits.ts"
import { createCommandRunner } from "../../../../src/system/command.ts"
import { examine } from "../../../../src/system/doctor.ts"
import { createLaunchd } from "../../../../src/system/launchd.ts"
import { aService } from "../../../support/service.ts"
import { createStandIns } from "../../../support/stand-in.ts"
import { tmpHome, type TmpHome } from "../../../support/tmp-home.ts"

const { signal } = new AbortController()

async function lookAll(checks: readonly Check[]) {
  const reports = await examine(checks, { signal, fix: false })
  return Object.fromEntries(reports.map(({ name, ...finding }) => [name, finding]))
}

async function look(check: Check) {
  return (await lookAll([check]))[check.name]
}

async function standIns(home: TmpHome, programs: Record<string, string>) {
  const made = await createStandIns(join(home.path, "programs"), programs)
  return { ...made, run: createCommandRunner({ env: { ...home.env, PATH: made.path } }) }
}

/** What a running daemon tells of itself. */
const daemon = {
  pid: 10,
  version: "1",
  health: "healthy",
  problems: 0,
  unlinked: 0,
  deploymentUrl: "",
  agents: { running: 1, queued: 2, maxConcurrency: 3 },
} as const

test("Claude's directory is told with where Claude Code itself looks", async () => {
  await using home = await tmpHome()
  const { run } = await standIns(home, {})
  const directory = async (claudeDir: string, env = {}) =>
    (await lookAll(claudeChecks({ claudeDir, env, run })))["Claude's directory"]
  expect(await directory(home.claudeDir)).toMatchObject({ status: "ok" })
  expect(await directory(join(home.path, "none"))).toMatchObject({ status: "warn", fix: "claude" })
  expect(await directory(home.claudeDir, { CLAUDE_CONFIG_DIR: "/else where" })).toMatchObject({
    status: "warn",
    fix: "CLAUDE_CONFIG_DIR='/else where' tina-daemon install",
  })
  await writeFile(join(home.path, "file"), "")
  expect(await directory(join(home.path, "file"))).toMatchObject({ status: "fail" })
})

test("teams are counted by how they are named", async () => {
  await using home = await tmpHome()
  const { run } = await standIns(home, {})
  for (const name of ["session-0a1b2c3d", "auth-orchestration"]) {
    await mkdir(join(home.claudeDir, "teams", name), { recursive: true })
  }
  const reports = await lookAll(claudeChecks({ claudeDir: home.claudeDir, env: {}, run }))
  expect(reports["teams"]?.message).toStartWith("2, of which 1 named after a session")
})

test.each([
  ["2.1.232", {}, "", "ok"],
  ["2.1.233", {}, "", "warn"],
  ["2.2.0", {}, "not json", "warn"],
  ["2.2.0", { CLAUDE_CODE_ENABLE_TODO_TOOLS: "1" }, "", "ok"],
  ["2.2.0", {}, '{"env":{"CLAUDE_CODE_ENABLE_TODO_TOOLS":"1"}}', "ok"],
] as const)(
  "task tools of Claude Code %s with %j and settings %j: %s",
  async (version, env, settings, status) => {
    await using home = await tmpHome()
    const { run } = await standIns(home, { claude: `echo '${version} (Claude Code)'` })
    await writeFile(join(home.claudeDir, "settings.json"), settings)
    const reports = await lookAll(claudeChecks({ claudeDir: home.claudeDir, env, run }))
    expect(reports["task tools"]).toMatchObject({ status })
  },
)

test("programs are looked for where the service looks, and the remedy knows the difference", async () => {
  await using home = await tmpHome()
  const { bin, run } = await standIns(home, { tmux: "echo tmux 3.3a", claude: "exit 1" })
  const checks = (path: string, isService: boolean) =>
    lookAll(programChecks({ path, ownPath: bin, isService, platform: "darwin", run }))
  const own = await checks(bin, false)
  expect(own["tmux"]).toMatchObject({ status: "ok", message: `tmux 3.3a (${bin}/tmux)` })
  expect(own["claude"]).toMatchObject({
    status: "warn",
    message: expect.stringContaining("does not work"),
  })
  expect(own["git"]).toMatchObject({ status: "fail", fix: "xcode-select --install" })
  const service = await checks(join(home.path, "empty"), true)
  expect(service["tmux"]).toMatchObject({ status: "warn", fix: "tina-daemon install" })
  expect(service["git"]).toMatchObject({ status: "fail", fix: "xcode-select --install" })
})

test("the login: a variable, a file, or the keychain that a service cannot open", async () => {
  await using home = await tmpHome()
  const { run, add } = await standIns(home, { launchctl: "exit 0" })
  const deps = { claudeDir: home.claudeDir, env: {}, run }
  const login = (isService: boolean, platform: NodeJS.Platform, env = {}) =>
    look(loginCheck({ ...deps, env, isService, platform }))
  expect(await login(false, "linux")).toMatchObject({ status: "warn" })
  expect(await login(false, "darwin")).toMatchObject({ status: "ok" })
  const trap = await login(true, "darwin")
  expect(trap).toMatchObject({ status: "warn", fix: expect.stringContaining("claude setup-token") })
  const byVariable = { status: "ok", message: "by CLAUDE_CODE_OAUTH_TOKEN" } as const
  expect(await login(false, "linux", { CLAUDE_CODE_OAUTH_TOKEN: "t" })).toMatchObject(byVariable)
  await add("launchctl", '[ "$2" = CLAUDE_CODE_OAUTH_TOKEN ] && echo secret-token')
  expect(await login(true, "darwin")).toEqual(byVariable)
  await writeFile(join(home.claudeDir, ".credentials.json"), "{}")
  expect(await login(false, "linux")).toMatchObject({ status: "ok" })
})

test("the service: not installed, installed and stopped, loaded, of another hand, without its program", async () => {
  await using home = await tmpHome()
  const { run, bin } = await standIns(home, { launchctl: `[ -e "$here/\${2##*/}" ]` })
  const platform = createLaunchd({ uid: 501, home: home.path })
  const service = async () => await lookAll(serviceChecks({ platform, run }))
  expect((await service())["service"]).toMatchObject({ status: "ok" })
  await Bun.write(platform.file, platform.render(aService({ executable: process.execPath })))
  expect((await service())["service"]).toMatchObject({
    status: "warn",
    message: "it is installed, and stopped",
  })
  await writeFile(join(bin, "dev.tina.daemon"), "")
  expect((await service())["service"]).toMatchObject({
    status: "ok",
    message: expect.stringContaining(process.execPath),
  })
  await Bun.write(platform.file, platform.render(aService({ executable: "/none/tina-daemon" })))
  expect((await service())["service"]).toMatchObject({ status: "fail", fix: "tina-daemon install" })
  await Bun.write(platform.file, "<plist><dict><key>KeepAlive</key><true/></dict></plist>")
  expect((await service())["service"]).toMatchObject({ status: "warn", fix: "tina-daemon install" })
  expect((await service())["other daemons"]).toMatchObject({ status: "ok" })
  await writeFile(join(bin, "io.aiwg.daemon"), "")
  expect((await service())["other daemons"]).toMatchObject({
    status: "fail",
    fix: expect.stringContaining("launchctl bootout gui/501/io.aiwg.daemon"),
  })
})

test("other instances are daemons, not commands, and not this one", async () => {
  await using home = await tmpHome()
  const lines = [
    " 10 /usr/local/bin/tina-daemon run",
    " 11 tina-daemon --local --state-dir /tmp/x",
    " 12 /usr/local/bin/tina-daemon status --json",
    " 13 vim tina-daemon",
    " 14 tina-daemon",
  ]
  const { run } = await standIns(home, { ps: `cat <<'EOF'\n${lines.join("\n")}\nEOF` })
  const check = processCheck({ run, own: [14], ask: async () => ({ status: "answers", daemon }) })
  expect(await look(check)).toEqual({
    status: "warn",
    message: "also running: 11 (tina-daemon --local --state-dir /tmp/x)",
    fix: "kill 11",
  })
})

test("the pool of agents is told by how much it does, unless its program is missing", async () => {
  const settings = {
    enabled: true,
    command: "sh",
    args: [],
    maxParallel: 3,
    timeoutMs: 1,
    queueLimit: 1,
    cwd: "/",
    env: [],
    maxOutputBytes: 1,
    retentionMs: 1,
  }
  const absent = { file: undefined, ask: async () => ({ status: "absent" }) as const, path: "/bin" }
  const check = (over: Partial<typeof settings>) =>
    look(agentsCheck({ ...absent, settings: { ...settings, ...over } }))
  expect(await check({})).toEqual({ status: "ok", message: "3 may run at a time" })
  expect(await check({ command: "no-such-agent" })).toMatchObject({ status: "fail" })
  expect(await check({ enabled: false })).toMatchObject({
    message: "switched off (agents.enabled)",
  })
  const running = agentsCheck({
    settings,
    file: undefined,
    path: "/bin",
    ask: async () => ({ status: "answers", daemon }),
  })
  expect((await look(running))?.message).toBe("1 of 3 running, 2 waiting")
})

test.each([
  [2, 1_000, "fail"],
  [4_000, 1_000, "warn"],
  [500_000, 16, "warn"],
  [500_000, 128, "ok"],
])("with %d watches and %d watchers per user: %s", async (watches, instances, status) => {
  await using home = await tmpHome()
  const limits = join(home.path, "inotify")
  for (const name of ["a/b", "c"])
    await mkdir(join(home.claudeDir, "tasks", name), { recursive: true })
  await Bun.write(join(limits, "max_user_watches"), `${watches}\n`)
  await Bun.write(join(limits, "max_user_instances"), `${instances}\n`)
  const finding = await look(watchLimitCheck({ roots: [join(home.claudeDir, "tasks")], limits }))
  expect(finding).toMatchObject({ status })
  if (status === "ok") expect(finding?.message).toBe("4 directories, 500000 watches")
})

test.skipIf(!existsSync("/proc/sys/fs/inotify"))(
  "the kernel's own limits can be read",
  async () => {
    const { stdout } = Bun.spawnSync(["cat", "/proc/sys/fs/inotify/max_user_watches"])
    const finding = await look(watchLimitCheck({ roots: [], limits: "/proc/sys/fs/inotify" }))
    expect(finding?.message).toContain(`${stdout.toString().trim()} watches`)
  },
)

test("a system without such limits is well", async () => {
  expect(await look(watchLimitCheck({ roots: [], limits: "/none" }))).toMatchObject({
    status: "ok",
  })
})
