import { expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { join } from "node:path"
import pkg from "../../package.json"
import { runProcess } from "../../src/base/process.ts"
import { tmpHome } from "../support/tmp-home.ts"

const root = join(import.meta.dir, "../..")
const binary = join(root, "tina-daemon")

async function printed(cwd: string, ...words: string[]): Promise<string> {
  const env = { HOME: cwd, PATH: "/usr/bin:/bin" }
  const limits = { signal: AbortSignal.timeout(10_000), timeLimitMs: 10_000 }
  const outcome = await runProcess({ argv: [binary, ...words], cwd, env }, limits)
  return outcome.status === "exited" ? outcome.stdout.text : outcome.status
}

test("the binary says which version it is", async () => {
  await using home = await tmpHome()
  expect(await printed(home.path, "--version")).toContain(pkg.version)
})

test.skipIf(!existsSync(join(root, ".git")))(
  "the binary says from which commit it is",
  async () => {
    await using home = await tmpHome()
    const { commit } = JSON.parse(await printed(home.path, "version", "--json"))
    expect(commit).toMatch(/^[0-9a-f]{7,40}(-dirty)?$/)
  },
)

test("the binary runs no code that it finds in the working directory", async () => {
  await using home = await tmpHome()
  await Bun.write(join(home.path, "bunfig.toml"), 'preload = ["./intruder.ts"]\n')
  await Bun.write(join(home.path, "intruder.ts"), 'await Bun.write("intruded", "")\n')
  expect(await printed(home.path, "--version")).toContain(pkg.version)
  expect(existsSync(join(home.path, "intruded"))).toBe(false)
})
