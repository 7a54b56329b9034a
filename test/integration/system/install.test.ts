import { expect, test } from "bun:test"
import { mkdir } from "node:fs/promises"
import { existsSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { parse } from "plist"
import { createSystemClock } from "../../../src/base/clock.ts"
import { createCommandRunner } from "../../../src/system/command.ts"
import { createLaunchd } from "../../../src/system/launchd.ts"
import { installService, uninstallService, type InstallDeps } from "../../../src/system/install.ts"
import type { ServicePlatform } from "../../../src/system/service-platform.ts"
import { createSystemd } from "../../../src/system/systemd.ts"
import { failureOf } from "../../support/failure.ts"
import { createManualClock } from "../../support/manual-clock.ts"
import { aService } from "../../support/service.ts"
import { createStandIns, type StandIns } from "../../support/stand-in.ts"
import { tmpHome, type TmpHome } from "../../support/tmp-home.ts"

const { signal } = new AbortController()

/** launchctl as far as we use it: a label is loaded while a file of that name is there. */
const launchctl = `
label=\${2##*/}
case $1 in
  print) [ -e "$here/$label" ] ;;
  bootstrap) [ ! -e "$here/broken" ] || { echo 'Bootstrap failed: 5: Input/output error' >&2; exit 5; }
    label=\${3##*/}; touch "$here/\${label%.plist}" ;;
  bootout) rm "$here/$label" ;;
  kickstart) [ -e "$here/$label" ] ;;
esac`

const systemctl = `
shift
case $1 in
  is-active) [ -e "$here/$3" ] ;;
  restart) [ ! -e "$here/broken" ] || { echo 'Job failed.' >&2; exit 1; }; touch "$here/$2" ;;
  disable) rm -f "$here/$3" ;;
esac`

interface Setup extends AsyncDisposable {
  readonly home: TmpHome
  readonly programs: StandIns
  readonly deps: InstallDeps
  readonly platform: ServicePlatform
  /** Everything but asking whether something is loaded. */
  changes(): readonly string[]
}

async function setUp(create: (home: TmpHome) => ServicePlatform): Promise<Setup> {
  const home = await tmpHome()
  const programs = await createStandIns(join(home.path, "bin"), { launchctl, systemctl })
  const platform = create(home)
  const run = createCommandRunner({ env: { ...home.env, PATH: programs.path } })
  return {
    home,
    programs,
    platform,
    deps: { platform, run, clock: createManualClock() },
    changes: () => {
      const calls = programs
        .calls()
        .filter((words) => !/\b(print|is-active)\b/.test(words.join(" ")))
      return calls.map((words) => words.slice(1).join(" "))
    },
    [Symbol.asyncDispose]: home[Symbol.asyncDispose],
  }
}

const onMac = () => setUp(({ path }) => createLaunchd({ uid: 501, home: path }))
const onLinux = () => setUp(({ path }) => createSystemd(join(path, ".config")))
const both = [
  ["launchd", onMac],
  ["systemd", onLinux],
] as const

function serviceOf({ home }: Setup) {
  return aService({ home: home.path, logs: join(home.stateDir, "logs") })
}

test("install on macOS writes the list, then bootout, bootstrap, kickstart", async () => {
  await using setup = await onMac()
  const outcome = await installService(serviceOf(setup), setup.deps, signal)
  expect(outcome).toEqual({ status: "installed" })
  const { file } = setup.platform
  expect(setup.changes()).toEqual([
    "bootout gui/501/dev.tina.daemon",
    `bootstrap gui/501 ${file}`,
    "kickstart gui/501/dev.tina.daemon",
  ])
  expect(parse(readFileSync(file, "utf8"))).toMatchObject({ Label: "dev.tina.daemon" })
})

test("install on Linux writes the unit, then reloads, enables and starts it", async () => {
  await using setup = await onLinux()
  await installService(serviceOf(setup), setup.deps, signal)
  expect(setup.changes()).toEqual([
    "--user daemon-reload",
    "--user enable tina-daemon.service",
    "--user restart tina-daemon.service",
  ])
})

test.each(both)(
  "%s: the directory of the logs is there before anything is started",
  async (_, on) => {
    await using setup = await on()
    await installService(serviceOf(setup), setup.deps, signal)
    expect(statSync(serviceOf(setup).logs).mode & 0o777).toBe(0o700)
  },
)

test.each(both)("%s: installing the same again touches nothing", async (_, on) => {
  await using setup = await on()
  await installService(serviceOf(setup), setup.deps, signal)
  const before = setup.changes()
  const outcome = await installService(serviceOf(setup), setup.deps, signal)
  expect(outcome).toEqual({ status: "unchanged" })
  expect(setup.changes()).toEqual(before)
})

test.each(both)("%s: installing another executable replaces the service", async (_, on) => {
  await using setup = await on()
  await installService(serviceOf(setup), setup.deps, signal)
  const moved = { ...serviceOf(setup), executable: "/opt/tina-daemon" }
  expect(await installService(moved, setup.deps, signal)).toEqual({ status: "installed" })
  expect(readFileSync(setup.platform.file, "utf8")).toContain("/opt/tina-daemon")
  expect(setup.programs.has(setup.platform.label)).toBe(true)
})

test.each(both)("%s: a rival that is loaded is a reason to refuse", async (_, on) => {
  await using setup = await on()
  for (const rival of setup.platform.rivals) {
    await Bun.write(join(setup.programs.bin, rival), "")
    const error = await failureOf(installService(serviceOf(setup), setup.deps, signal))
    expect(error).toMatchObject({ code: "conflict", message: expect.stringContaining(rival) })
    expect(error).toMatchObject({ hint: expect.stringContaining(rival) })
    await Bun.file(join(setup.programs.bin, rival)).delete()
  }
  expect(setup.changes()).toEqual([])
  expect(existsSync(setup.platform.file)).toBe(false)
})

test.each(both)("%s: an installation that fails leaves nothing", async (_, on) => {
  await using setup = await on()
  await Bun.write(join(setup.programs.bin, "broken"), "")
  const error = await failureOf(installService(serviceOf(setup), setup.deps, signal))
  expect(error).toMatchObject({ code: "io", message: expect.stringMatching(/error|failed/) })
  expect(existsSync(setup.platform.file)).toBe(false)
})

test.each(both)("%s: a new version that cannot be loaded leaves the old file", async (_, on) => {
  await using setup = await on()
  await installService(serviceOf(setup), setup.deps, signal)
  const before = readFileSync(setup.platform.file, "utf8")
  await Bun.write(join(setup.programs.bin, "broken"), "")
  const moved = { ...serviceOf(setup), executable: "/opt/tina-daemon" }
  await failureOf(installService(moved, setup.deps, signal))
  expect(readFileSync(setup.platform.file, "utf8")).toBe(before)
})

test.each(both)("%s: uninstall stops the service and removes its file", async (_, on) => {
  await using setup = await on()
  await installService(serviceOf(setup), setup.deps, signal)
  expect(await uninstallService(setup.deps, signal)).toEqual({ status: "removed" })
  expect(setup.programs.has(setup.platform.label)).toBe(false)
  expect(existsSync(setup.platform.file)).toBe(false)
  expect(await uninstallService(setup.deps, signal)).toEqual({ status: "absent" })
})

test("bootstrap waits until the old process is gone", async () => {
  await using setup = await onMac()
  // Gone only when it is asked for the second time.
  const slow = `
    label=\${2##*/}
    case $1 in
      print) [ "$label" = dev.tina.daemon ] && [ -e "$here/running" ] || { touch "$here/gone"; exit 113; }
        rm "$here/running" ;;
      bootstrap) [ -e "$here/gone" ] && [ ! -e "$here/running" ] || exit 37 ;;
    esac`
  await setup.programs.add("launchctl", slow)
  await Bun.write(join(setup.programs.bin, "running"), "")
  const deps = { ...setup.deps, clock: createSystemClock() }
  expect(await installService(serviceOf(setup), deps, signal)).toEqual({ status: "installed" })
  const words = setup.programs.calls().map((call) => call[1])
  expect(words.slice(-5)).toEqual(["bootout", "print", "print", "bootstrap", "kickstart"])
})

test("a machine without launchctl gets an error that says so", async () => {
  await using setup = await onMac()
  const env = { PATH: join(setup.home.path, "empty") }
  await mkdir(env.PATH)
  const deps = { ...setup.deps, run: createCommandRunner({ env }) }
  const error = await failureOf(installService(serviceOf(setup), deps, signal))
  expect(error).toMatchObject({
    code: "io",
    message: expect.stringContaining("no command launchctl"),
  })
})
