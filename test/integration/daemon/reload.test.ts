import { expect, test } from "bun:test"
import { join } from "node:path"
import { loadConfig } from "../../../src/config/load.ts"
import { createBus } from "../../../src/core/bus.ts"
import { createReload, reloadAndTell } from "../../../src/daemon/reload.ts"
import { createMemoryLog } from "../../support/memory-log.ts"
import { tmpHome, type TmpHome } from "../../support/tmp-home.ts"

async function setup(home: TmpHome) {
  const write = (text: string) =>
    Bun.write(join(home.configDir, "config.toml"), `convex_url = "local"\n${text}`)
  await write("")
  const around = { env: home.env, platform: process.platform, home: home.path, hostname: "box" }
  const readConfig = () => loadConfig({}, around)
  const { log, records } = createMemoryLog()
  const bus = createBus({ log })
  const told: string[][] = []
  bus.subscribe("config.changed", ({ sections }) => told.push(sections))
  const reload = createReload({ config: readConfig(), readConfig, log, bus })
  return { write, log, records, reload, told }
}

test("a new level of the log takes effect at once, and needs no restart", async () => {
  await using home = await tmpHome()
  const { write, log, reload, told } = await setup(home)
  await write('[log]\nlevel = "error"')
  expect(reload()).toEqual({ changed: ["log"], restarted: [], needsRestart: [] })
  expect(log.level()).toBe("error")
  expect(reload()).toEqual({ changed: [], restarted: [], needsRestart: [] })
  expect(told).toEqual([["log"]])
})

test("what needs a restart is said until it is taken back", async () => {
  await using home = await tmpHome()
  const { write, reload } = await setup(home)
  await write('[heartbeat]\ninterval = "9s"\n[watchdog]\nminutes = 3')
  const both = ["heartbeat", "watchdog"]
  expect(reload()).toEqual({ changed: both, restarted: [], needsRestart: both })
  expect(reload()).toEqual({ changed: [], restarted: [], needsRestart: both })
  await write("")
  expect(reload()).toEqual({ changed: both, restarted: [], needsRestart: [] })
})

test("a configuration that is wrong changes nothing, and the log says why", async () => {
  await using home = await tmpHome()
  const { write, log, records, reload, told } = await setup(home)
  const level = log.level()
  await write('[log]\nlevel = "loud"')
  expect(reload).toThrow("log.level")
  reloadAndTell(reload, log)
  expect(records.at(-1)).toMatchObject({ level: "error", message: "configuration not taken over" })
  expect(log.level()).toBe(level)
  expect(told).toEqual([])
})
