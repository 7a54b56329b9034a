/** What the process of a daemon ends with: by that alone, launchd and systemd tell a stop from a crash. */
import { expect, test } from "bun:test"
import { join } from "node:path"
import { statePaths } from "../../../src/config/paths.ts"
import { connectControl } from "../../../src/control/client.ts"
import { eventually } from "../../support/eventually.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const entry = join(import.meta.dir, "../../../src/main.ts")
const signal = AbortSignal.timeout(60_000)

async function startDaemon() {
  const home = await tmpHome()
  const settings = 'convex_url = "local"\nhttp_port = 0\n[local]\nport = 0\n'
  await Bun.write(join(home.configDir, "config.toml"), settings)
  const child = Bun.spawn([process.execPath, entry, "run"], {
    env: { ...home.env },
    cwd: home.path,
    stdio: ["ignore", "ignore", "ignore"],
  })
  const { socket } = statePaths(home.stateDir)
  const client = await eventually(() => connectControl(socket, { signal }), { withinMs: 15_000 })
  return {
    child,
    client,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]()
      child.kill("SIGKILL")
      await child.exited
      await home[Symbol.asyncDispose]()
    },
  }
}

test("a daemon that is asked to stop ends with 0, and stays stopped", async () => {
  await using daemon = await startDaemon()
  await daemon.client.call("daemon.stop")
  expect(await daemon.child.exited).toBe(0)
}, 30_000)

test.each(["SIGTERM", "SIGINT"] as const)(
  "a daemon that gets %s ends with 0",
  async (name) => {
    await using daemon = await startDaemon()
    daemon.child.kill(name)
    expect(await daemon.child.exited).toBe(0)
  },
  30_000,
)
