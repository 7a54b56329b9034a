/** A daemon that does not answer is ended all the same. It takes as long as the daemon may take to stop. */
import { expect, test } from "bun:test"
import { join } from "node:path"
import { statePaths } from "../../src/config/paths.ts"
import { isLockHeld, readInstance } from "../../src/system/instance.ts"
import { runCommandLine } from "../support/command-line.ts"
import { tmpHome } from "../support/tmp-home.ts"

const self = [process.execPath, join(import.meta.dir, "../../src/main.ts")] as const

test("stop ends a daemon that is frozen", async () => {
  await using home = await tmpHome()
  await Bun.write(join(home.configDir, "config.toml"), 'convex_url = "local"\nlocal.port = 0\n')
  const paths = statePaths(home.stateDir)
  expect(await runCommandLine(home, ["start"], { seams: { self } })).toMatchObject({ exit: 0 })
  process.kill(readInstance(paths)?.pid ?? 0, "SIGSTOP")
  expect(await runCommandLine(home, ["stop"])).toMatchObject({ exit: 0, stderr: "" })
  expect(isLockHeld(paths)).toBe(false)
}, 40_000)
