import { expect, test } from "bun:test"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { aborted } from "../../../src/base/async.ts"
import type { LogConfig } from "../../../src/config/config.ts"
import { loadConfig } from "../../../src/config/load.ts"
import type { Section } from "../../../src/config/sections.ts"
import { createBus } from "../../../src/core/bus.ts"
import { createLiveConfig } from "../../../src/daemon/live-config.ts"
import { createReload, reloadAndTell } from "../../../src/daemon/reload.ts"
import { createServices } from "../../../src/daemon/services.ts"
import { eventually } from "../../support/eventually.ts"
import { createManualClock } from "../../support/manual-clock.ts"
import { createMemoryLog } from "../../support/memory-log.ts"
import { tmpHome, type TmpHome } from "../../support/tmp-home.ts"

/** Two services of which one uses sections, over a file that a test writes. */
async function setup(home: TmpHome) {
  const path = join(home.configDir, "config.toml")
  const write = (text: string) => writeFile(path, text, { mode: 0o600 })
  await write('convex_url = "local"\n')
  const around = { env: home.env, platform: process.platform, home: home.path, hostname: "box" }
  const readConfig = () => loadConfig({}, around)
  const { log, records } = createMemoryLog()
  const bus = createBus({ log })
  const told: string[][] = []
  bus.subscribe("config.changed", ({ sections }) => told.push(sections))
  const config = createLiveConfig(readConfig())
  const stop = new AbortController()
  const { signal } = stop
  const problems = { report() {}, clear() {} }
  const clock = createManualClock()
  const services = createServices({ clock, log, bus, signal, problems, stop() {} })
  const life: string[] = []
  const begin = (name: string, uses: Section[], started: () => unknown) =>
    services.start(
      {
        name,
        async run({ signal: running, ready }) {
          life.push(`${name} ${String(started())}`)
          ready()
          await aborted(running)
          life.push(`${name} ended`)
        },
      },
      { uses },
    )
  const opened = new AsyncDisposableStack()
  opened.use(await begin("scanner", ["sync", "claude_dir"], () => config().sync.scanIntervalMs))
  opened.use(await begin("other", [], () => "started"))
  life.length = 0
  const logConfigs: LogConfig[] = []
  const configureLog = (next: LogConfig) => void logConfigs.push(next)
  const reload = createReload({ config, readConfig, configureLog, services, bus })
  return {
    begin,
    clock,
    write: (text: string) => write(`convex_url = "local"\n${text}`),
    replace: write,
    config,
    log,
    records,
    reload,
    told,
    life,
    logConfigs,
    services,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

test("only the services that use what changed are restarted, and have the new settings", async () => {
  await using home = await tmpHome()
  await using daemon = await setup(home)
  await daemon.write('[sync]\nscan_interval = "7s"\n[watchdog]\nminutes = 3')
  expect(await daemon.reload()).toEqual({
    changed: ["sync", "watchdog"],
    restarted: ["scanner"],
    needsRestart: [],
  })
  expect(daemon.life).toEqual(["scanner ended", "scanner 7000"])
  expect(daemon.services.views()).toMatchObject([
    { name: "scanner", state: "running", restarts: 0 },
    { name: "other", state: "running", restarts: 0 },
  ])
  expect(daemon.config().watchdog.minutes).toBe(3)
  expect(daemon.told).toEqual([["sync", "watchdog"]])
})

test("a reload of what is the same restarts nothing and tells nobody", async () => {
  await using home = await tmpHome()
  await using daemon = await setup(home)
  await daemon.write('node_name = "box"\n')
  expect(await daemon.reload()).toEqual({ changed: [], restarted: [], needsRestart: [] })
  expect(daemon.life).toEqual([])
  expect(daemon.told).toEqual([])
})

test("the log has its level, format and limits at once", async () => {
  await using home = await tmpHome()
  await using daemon = await setup(home)
  await daemon.write(
    '[log]\nlevel = "error"\nformat = "json"\nmax_file_bytes = 4096\nkeep_files = 2',
  )
  expect(await daemon.reload()).toEqual({ changed: ["log"], restarted: [], needsRestart: [] })
  expect(daemon.logConfigs).toEqual([
    { level: "error", format: "json", maxFileBytes: 4096, keepFiles: 2 },
  ])
})

test("who we are and where the deployment is stay as they were, and the need of a restart is said until it is taken back", async () => {
  await using home = await tmpHome()
  await using daemon = await setup(home)
  await daemon.write('node_name = "other"\n[local]\nport = 4000')
  const waiting = ["node_name", "local"]
  expect(await daemon.reload()).toEqual({ changed: waiting, restarted: [], needsRestart: waiting })
  expect(await daemon.reload()).toEqual({ changed: [], restarted: [], needsRestart: waiting })
  expect(daemon.config()).toMatchObject({ nodeName: "box", deployment: { port: 3210 } })
  await daemon.write("")
  expect(await daemon.reload()).toEqual({ changed: waiting, restarted: [], needsRestart: [] })
})

test("another token needs a restart, and is not told", async () => {
  await using home = await tmpHome()
  await using daemon = await setup(home)
  const remote = 'convex_url = "https://a.example"\nauth_token = '
  await daemon.replace(`${remote}"first-token-of-the-test"`)
  expect(await daemon.reload()).toMatchObject({
    needsRestart: ["convex_url", "auth_token", "local"],
  })
  await daemon.replace(`${remote}"second-token-of-the-test"`)
  expect(await daemon.reload()).toMatchObject({ changed: ["auth_token"] })
})

test("a configuration that is wrong changes nothing, and the log says why", async () => {
  await using home = await tmpHome()
  await using daemon = await setup(home)
  await daemon.write('[sync]\nscan_interval = "7s"\n[log]\nlevel = "loud"')
  expect(daemon.reload()).rejects.toThrow("log.level")
  await reloadAndTell(daemon.reload, daemon.log)
  expect(daemon.records.at(-1)).toMatchObject({
    level: "error",
    message: "configuration not taken over",
  })
  expect([daemon.life, daemon.logConfigs, daemon.told]).toEqual([[], [], []])
  await daemon.write("")
  expect(await daemon.reload()).toMatchObject({ changed: [] })
})

test("two reloads at once are carried out one after the other", async () => {
  await using home = await tmpHome()
  await using daemon = await setup(home)
  await daemon.write('[sync]\nscan_interval = "7s"')
  const [first, second] = await Promise.all([daemon.reload(), daemon.reload()])
  expect([first.restarted, second.restarted]).toEqual([["scanner"], []])
})

test("a service that cannot be restarted keeps no other from its new settings", async () => {
  await using home = await tmpHome()
  await using daemon = await setup(home)
  const { clock, services } = daemon
  const held = Promise.withResolvers<void>()
  const stubborn = {
    name: "stubborn",
    async run({ ready }: { readonly ready: () => void }) {
      ready()
      await held.promise
    },
  }
  await using _first = await services.start(stubborn, { uses: ["sync"] })
  const after = await daemon.begin("after", ["sync"], () => daemon.config().sync.scanIntervalMs)
  await using _after = after
  daemon.life.length = 0
  await daemon.write('[sync]\nscan_interval = "7s"\n')
  const refused = daemon.reload().catch((error: unknown) => error)
  await eventually(async () => {
    await clock.advance(1_000)
    return daemon.told.length > 0
  })
  expect(await refused).toMatchObject({ message: "cannot restart stubborn: it does not stop" })
  expect(daemon.life).toEqual(["scanner ended", "scanner 7000", "after ended", "after 7000"])
  expect(daemon.told).toEqual([["sync"]])
  held.resolve()
})
