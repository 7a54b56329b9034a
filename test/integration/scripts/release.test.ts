/** scripts/release.ts over small programs in the place of the real ones. */
import { expect, test } from "bun:test"
import { readdir, utimes } from "node:fs/promises"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import pkg from "../../../package.json"
import { tmpHome, type TmpHome } from "../../support/tmp-home.ts"

const scripts = join(import.meta.dir, "../../../scripts")
const platforms = ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"]
const news = "# Changelog\n\n## Unreleased\n\n### Added\n\n- Something.\n\n## 0.0.1\n\n- Older.\n"

async function release(home: TmpHome, changelog = news, ...more: string[]) {
  const binaries = join(home.path, "binaries")
  const program = `#!/bin/sh\necho tina-daemon ${pkg.version}\n`
  for (const platform of platforms) {
    await Bun.write(join(binaries, platform, "tina-daemon"), program)
    await utimes(join(binaries, platform, "tina-daemon"), Math.random() * 1e9, 1)
  }
  await Bun.write(join(home.path, "CHANGELOG.md"), changelog)
  const out = join(home.path, "release")
  const options = [
    "--binaries",
    binaries,
    "--out",
    out,
    "--changelog",
    join(home.path, "CHANGELOG.md"),
  ]
  const argv = [process.execPath, join(scripts, "release.ts"), ...options, ...more]
  const { exitCode, stdout, stderr } = Bun.spawnSync(argv, { cwd: home.path })
  return { code: exitCode, output: `${stdout.toString()}${stderr.toString()}`, out }
}

function read(...path: string[]): string {
  return readFileSync(join(...path), "utf8")
}

test("a release has an archive for each platform, their checksums, the formula and the installer", async () => {
  await using home = await tmpHome()
  const { code, output, out } = await release(home)
  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("codesign") })
  const archives = platforms.map((platform) => `tina-daemon-${pkg.version}-${platform}.tar.gz`)
  expect((await readdir(out)).sort()).toEqual(
    ["SHA256SUMS", "install.sh", ...archives, "tina-daemon.rb"].sort(),
  )
  const check = Bun.spawnSync(["sha256sum", "--check", "--strict", "SHA256SUMS"], { cwd: out })
  expect(check.exitCode).toBe(0)
})

test("an archive lists one directory, owned by nobody in particular, with a program that may run", async () => {
  await using home = await tmpHome()
  const { out } = await release(home)
  const archive = join(out, `tina-daemon-${pkg.version}-linux-x64.tar.gz`)
  const { stdout } = Bun.spawnSync(["tar", "--numeric-owner", "-tvzf", archive], {
    env: { TZ: "UTC" },
  })
  const directory = `tina-daemon-${pkg.version}-linux-x64`
  const lines = stdout
    .toString()
    .trim()
    .split("\n")
    .map((line) => line.replaceAll(/ +/g, " "))
  const rows = lines.map((line) => line.replace(/ \d+ 1980-01-01 00:00 /, " ... "))
  expect(rows).toEqual([
    `-rw-r--r-- 0/0 ... ${directory}/LICENSE`,
    `-rw-r--r-- 0/0 ... ${directory}/dev.tina.daemon.plist`,
    `-rwxr-xr-x 0/0 ... ${directory}/tina-daemon`,
    `-rw-r--r-- 0/0 ... ${directory}/tina-daemon.service`,
  ])
})

test("the same files give the same release", async () => {
  await using one = await tmpHome()
  await using other = await tmpHome()
  const url = ["--url", "https://example.test/v1/"]
  const [first, second] = [await release(one, news, ...url), await release(other, news, ...url)]
  for (const name of ["SHA256SUMS", "tina-daemon.rb"]) {
    expect(read(first.out, name)).toBe(read(second.out, name))
  }
})

test("the formula names each archive with its own checksum, and is Ruby", async () => {
  await using home = await tmpHome()
  const { out } = await release(home, news, "--url", "https://example.test/v1/")
  const formula = read(out, "tina-daemon.rb")
  const pairs = [...formula.matchAll(/url "(.+)"\n +sha256 "(\w+)"/g)]
  const sums = read(out, "SHA256SUMS").trim().split("\n")
  const listed = sums.map((line) => line.replace("  ", "  https://example.test/v1/"))
  expect(new Set(pairs.map(([, url, sum]) => `${sum}  ${url}`))).toEqual(new Set(listed))
  expect(formula).toContain(`version "${pkg.version}"`)
  expect(formula).not.toContain("{{")
  if (Bun.which("ruby") === null) return
  const check = Bun.spawnSync(["ruby", "-wc", join(out, "tina-daemon.rb")])
  expect(`${check.stdout.toString()}${check.stderr.toString()}`).toBe("Syntax OK\n")
})

test("the installer of a release installs from its directory", async () => {
  await using home = await tmpHome()
  const { out } = await release(home)
  const prefix = join(home.path, "prefix")
  const argv = ["sh", join(out, "install.sh"), out, "--prefix", prefix, "--yes"]
  const { exitCode, stderr } = Bun.spawnSync(argv, { env: { ...home.env, TMPDIR: home.path } })
  expect({ exitCode, stderr: stderr.toString() }).toEqual({ exitCode: 0, stderr: "" })
  expect(read(prefix, "bin/tina-daemon")).toContain(pkg.version)
})

test.each([
  ["# Changelog\n\n## Unreleased\n\n## 0.0.1\n\n- Older.\n"],
  ["# Changelog\n\n## Unreleased\n\n### Added\n\n### Fixed\n"],
  ["# Changelog\n\n## 0.0.1\n\n- Older.\n"],
])("a changelog with nothing unreleased is refused: %j", async (changelog) => {
  await using home = await tmpHome()
  const { code, output, out } = await release(home, changelog)
  expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining("Unreleased") })
  expect(await readdir(home.path)).not.toContain(out.split("/").at(-1) ?? "")
})
