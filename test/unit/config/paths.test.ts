import { expect, test } from "bun:test"
import { configFileCandidates, stateDirectory, statePaths } from "../../../src/config/paths.ts"
import type { Surroundings } from "../../../src/config/surroundings.ts"

const around = (
  env: Record<string, string>,
  platform: NodeJS.Platform = "linux",
): Surroundings => ({
  env,
  platform,
  home: "/home/ada",
  hostname: "host",
})

test("the config file is below XDG_CONFIG_HOME, and on macOS also in Application Support", () => {
  expect(configFileCandidates(around({}))).toEqual(["/home/ada/.config/tina/config.toml"])
  expect(configFileCandidates(around({ XDG_CONFIG_HOME: "/x" }, "darwin"))).toEqual([
    "/x/tina/config.toml",
    "/home/ada/Library/Application Support/tina/config.toml",
  ])
})

test("the state directory is chosen by flag, then TINA_STATE_DIR, then XDG_STATE_HOME", () => {
  const env = { TINA_STATE_DIR: "~/s", XDG_STATE_HOME: "/x" }
  expect(stateDirectory(around(env), "/flag")).toBe("/flag")
  expect(stateDirectory(around(env))).toBe("/home/ada/s")
  expect(stateDirectory(around({ XDG_STATE_HOME: "/x" }))).toBe("/x/tina")
  expect(stateDirectory(around({}))).toBe("/home/ada/.local/state/tina")
})

test("a relative XDG path is ignored", () => {
  expect(stateDirectory(around({ XDG_STATE_HOME: "x" }))).toBe("/home/ada/.local/state/tina")
})

test("a path that is too long for a socket is refused, counted in bytes", () => {
  const room = 99 - "//daemon.sock".length
  expect(statePaths(`/${"x".repeat(room)}`).socket).toHaveLength(99)
  expect(() => statePaths(`/${"x".repeat(room + 1)}`)).toThrow("must stay under 100")
  expect(() => statePaths(`/${"ü".repeat(room / 2 + 1)}`)).toThrow("must stay under 100")
})
