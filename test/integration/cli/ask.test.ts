/** Questions at a terminal, as somebody sees them who answers. */
import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { stripVTControlCharacters } from "node:util"
import { eventually } from "../../support/eventually.ts"
import { tmpHome, type TmpHome } from "../../support/tmp-home.ts"

const entry = join(import.meta.dir, "../../../src/main.ts")

const escape = "\u001b"
/** Where a line begins, or is cleared. */
const cleared = new RegExp(`\\r?\\n|${escape}\\[0?J`)

function startAtTerminal(home: TmpHome, words: readonly string[]) {
  const decoder = new TextDecoder()
  let sent = ""
  const terminal = new Bun.Terminal({
    cols: 200,
    rows: 24,
    data: (_, bytes) => void (sent += decoder.decode(bytes, { stream: true })),
  })
  const env = { ...home.env, TERM: "xterm" }
  const child = Bun.spawn([process.execPath, entry, ...words], { cwd: home.path, env, terminal })
  return {
    sent: () => sent,
    /** The line in which the cursor is, from where it was last cleared. */
    line: () => stripVTControlCharacters(sent.split(cleared).at(-1) ?? ""),
    type: (text: string) => void terminal.write(text),
    exit: child.exited,
    async [Symbol.asyncDispose]() {
      child.kill()
      await child.exited
      terminal.close()
    },
  }
}

test("a question stands there while it is answered, and a secret is not shown", async () => {
  await using home = await tmpHome()
  await using terminal = startAtTerminal(home, ["init"])
  const question = "Address of the Convex deployment (empty: one on this machine): "
  await eventually(() => terminal.line().trim() === question.trim())
  terminal.type("https://x.convex.clou")
  await eventually(() => terminal.line() === `${question}https://x.convex.clou`)
  terminal.type("d\r")
  await eventually(() => terminal.line().startsWith("This node's token ("))
  terminal.type("a-secret-token\r")
  await eventually(() => terminal.line().startsWith("An operator's token for the page ("))
  terminal.type("\r")
  expect(await terminal.exit).toBe(0)
  const settings = Bun.TOML.parse(readFileSync(join(home.configDir, "config.toml"), "utf8"))
  expect(settings).toEqual({
    convex_url: "https://x.convex.cloud",
    auth_token: "a-secret-token",
  })
  expect(terminal.sent()).not.toContain("a-secret-token")
}, 20_000)
