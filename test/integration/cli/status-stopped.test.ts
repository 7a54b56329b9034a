import { expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { runCommandLine } from "../../support/command-line.ts"
import { tmpHome, type TmpHome } from "../../support/tmp-home.ts"

const hourAgo = new Date(Date.now() - 3_600_000).toISOString()

function leave(home: TmpHome, text: string): void {
  mkdirSync(home.stateDir, { recursive: true })
  writeFileSync(join(home.stateDir, "state.json"), text)
}

test.each([
  [
    "running",
    "it was killed, or the machine went down; it lived 1h ago: tina-daemon logs",
    "killed",
  ],
  ["failed", "a defect ended it 1h ago: tina-daemon logs", "failed"],
  ["stopped", "it was stopped 1h ago", "stopped"],
])("status says how a daemon ended that left the state %s", async (state, words, ended) => {
  await using home = await tmpHome()
  leave(home, JSON.stringify({ state, last_heartbeat: hourAgo, more: 1 }))
  const text = await runCommandLine(home, ["status"])
  expect(text).toMatchObject({ exit: 3, stdout: expect.stringContaining(`\n  ${words}\n`) })
  const { stdout } = await runCommandLine(home, ["status", "--json"])
  expect(JSON.parse(stdout)).toMatchObject({ running: false, last: { ended, at: hourAgo } })
})

test.each(["", "{", '{"state":"odd"}', '{"state":"running","last_heartbeat":"soon"}'])(
  "status says nothing of an end that %j does not tell",
  async (text) => {
    await using home = await tmpHome()
    leave(home, text)
    const { exit, stdout } = await runCommandLine(home, ["status", "--json"])
    expect(exit).toBe(3)
    expect(JSON.parse(stdout)).not.toHaveProperty("last")
  },
)

test("who reaches no daemon is told the line that starts one", async () => {
  await using home = await tmpHome()
  const dir = join(home.path, "some where")
  const hints = async (...words: string[]) => {
    const { stdout } = await runCommandLine(home, ["status", ...words])
    const { exit, stderr } = await runCommandLine(home, ["actions", ...words])
    return {
      exit,
      status: /start it with {2}(.*)/.exec(stdout)?.[1],
      hint: / try {3}(.*)/.exec(stderr)?.[1],
    }
  }
  const local = "tina-daemon start --local"
  expect(await hints()).toEqual({ exit: 3, status: local, hint: local })
  await Bun.write(join(home.configDir, "config.toml"), 'convex_url = "local"\n')
  const there = `tina-daemon start --state-dir '${dir}'`
  expect(await hints("--state-dir", dir)).toEqual({ exit: 3, status: there, hint: there })
})
