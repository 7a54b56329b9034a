/** The compiled program as a service of a real systemd, and an upgrade of one that runs. */
import { expect, test } from "bun:test"
import { chmod, copyFile, link, mkdir, readdir } from "node:fs/promises"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { runProcess } from "../../src/base/process.ts"
import { statePaths } from "../../src/config/paths.ts"
import { isLockHeld, readInstance } from "../../src/system/instance.ts"
import { eventually } from "../support/eventually.ts"
import { tmpHome, type TmpHome } from "../support/tmp-home.ts"
import { canStartUserSystemd, startUserSystemd } from "../support/user-systemd.ts"

const binary = join(import.meta.dir, "../../tina-daemon")

async function setUp(home: TmpHome, env: Readonly<Record<string, string>> = home.env) {
  const bin = join(home.path, "bin")
  const program = join(bin, "tina-daemon")
  await mkdir(bin)
  await link(binary, program).catch(() => copyFile(binary, program))
  await Bun.write(
    join(home.configDir, "config.toml"),
    'convex_url = "local"\nhttp_port = 0\n[local]\nport = 0\n',
  )
  const paths = statePaths(home.stateDir)
  return {
    bin,
    program,
    paths,
    pid: () => (isLockHeld(paths) ? readInstance(paths)?.pid : undefined),
    async run(...args: readonly string[]) {
      const limits = { signal: AbortSignal.timeout(60_000), timeLimitMs: 60_000 }
      const outcome = await runProcess({ argv: [program, ...args], cwd: home.path, env }, limits)
      if (outcome.status !== "exited")
        throw new Error(`tina-daemon ${args.join(" ")}: ${outcome.status}`)
      return { code: outcome.code, output: `${outcome.stdout.text}${outcome.stderr.text}` }
    },
  }
}

test.skipIf(!canStartUserSystemd())(
  "install, kill -9, stop and uninstall of the real daemon under systemd",
  async () => {
    await using home = await tmpHome()
    await using systemd = await startUserSystemd(home)
    const { run, pid, bin } = await setUp(home, systemd.env)

    expect(await run("install")).toMatchObject({
      code: 0,
      output: expect.stringContaining("Running: pid"),
    })
    const first = pid()
    expect(first).toBeGreaterThan(0)
    expect(await run("status")).toMatchObject({ code: 0 })
    const doctor = JSON.parse((await run("doctor", "--json")).output)
    expect(doctor.checks).toContainEqual({
      name: "service",
      status: "ok",
      message: `systemd runs ${join(bin, "tina-daemon")}`,
    })

    process.kill(first ?? 0, "SIGKILL")
    const second = await eventually(() => (pid() === first ? undefined : pid()), {
      withinMs: 15_000,
    })
    await eventually(async () => (await run("status")).code === 0)

    expect(await run("restart")).toMatchObject({ code: 0 })
    expect(pid()).not.toBe(second)
    expect(await run("install")).toMatchObject({
      code: 0,
      output: expect.stringContaining("Already installed"),
    })

    expect(await run("stop")).toMatchObject({ code: 0 })
    const state = () =>
      Bun.spawnSync(["systemctl", "--user", "is-active", "tina-daemon.service"], {
        env: systemd.env,
      })
    await eventually(() => state().stdout.toString().trim() === "inactive")
    expect(pid()).toBeUndefined()

    expect(await run("uninstall")).toMatchObject({
      code: 0,
      output: expect.stringContaining("Removed"),
    })
    expect(await readdir(join(home.path, ".config/systemd"), { recursive: true })).toEqual(["user"])
  },
  60_000,
)

test("an upgrade restarts the daemon with the new program, and one that fails puts the old one back", async () => {
  await using home = await tmpHome()
  const { run, pid, program, bin, paths } = await setUp(home)
  try {
    expect(await run("start")).toMatchObject({ code: 0 })
    const first = pid()
    const release = join(home.path, "release")
    await copyFile(binary, release)
    const bytes = await Bun.file(release).bytes()
    const sha256 = sha256Of(bytes)
    expect(await run("upgrade", release, "--sha256", sha256)).toMatchObject({
      code: 0,
      output: expect.stringContaining("The daemon runs it now"),
    })
    const second = pid()
    expect(second).not.toBe(first)
    expect((await readdir(bin)).toSorted()).toEqual(["tina-daemon", "tina-daemon.previous"])

    const broken = join(home.path, "broken")
    await Bun.write(
      broken,
      "#!/bin/sh\n[ \"$1\" = --version ] && echo 'tina-daemon 9.9.9' || exit 70\n",
    )
    await chmod(broken, 0o755)
    await Bun.write(
      join(home.path, "SHA256SUMS"),
      `${sha256Of(await Bun.file(broken).bytes())}  broken\n`,
    )
    expect(await run("upgrade", broken)).toMatchObject({
      code: 1,
      output: expect.stringContaining("the old program is back"),
    })
    expect(await run("status")).toMatchObject({ code: 0 })
    expect(pid()).not.toBe(second)
    expect(Bun.file(program).size).toBe(bytes.length)
  } finally {
    await run("stop")
  }
  expect(isLockHeld(paths)).toBe(false)
  expect(existsSync(paths.socket)).toBe(false)
}, 60_000)

function sha256Of(bytes: Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(bytes).digest("hex")
}
