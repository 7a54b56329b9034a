/** scripts/install.sh with a small program in the place of the real one, in prefixes of its own. */
import { expect, test } from "bun:test"
import { chmod, chown, cp, mkdir, readdir } from "node:fs/promises"
import { readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { createStandIns, type StandIns } from "../../support/stand-in.ts"
import { tmpHome, type TmpHome } from "../../support/tmp-home.ts"

const script = join(import.meta.dir, "../../../scripts/install.sh")
const templates = join(import.meta.dir, "../../../launchd")
const platform = `${process.platform}-${process.arch}`
const isRoot = process.getuid?.() === 0

interface Setup extends AsyncDisposable {
  readonly home: TmpHome
  readonly prefix: string
  readonly archive: string
  readonly sha256: string
  readonly programs: StandIns
  install(...args: readonly string[]): { code: number; output: string }
  /** Every file below the prefix. */
  files(): Promise<readonly string[]>
}

async function setUp(): Promise<Setup> {
  const home = await tmpHome()
  const prefix = join(home.path, "pre fix")
  await mkdir(prefix)
  const programs = await createStandIns(join(home.path, "programs"), {})
  const archive = await makeArchive(home, "1.0.0")
  return {
    home,
    prefix,
    archive,
    programs,
    sha256: sha256Of(archive),
    install: (...args) => run(home, programs, [...args, "--prefix", prefix, "--yes"]),
    files: () => filesBelow(prefix),
    [Symbol.asyncDispose]: home[Symbol.asyncDispose],
  }
}

function run(
  home: TmpHome,
  programs: StandIns,
  args: readonly string[],
  start: readonly string[] = ["sh", script],
) {
  const env = { ...home.env, PATH: programs.path, TMPDIR: home.path }
  const child = Bun.spawnSync([...start, ...args], { env, stdin: "ignore" })
  const output = `${child.stdout.toString()}${child.stderr.toString()}`
  return { code: child.exitCode, output }
}

async function makeArchive(home: TmpHome, version: string, body?: string): Promise<string> {
  const name = `tina-daemon-${version}-${platform}`
  const directory = join(home.path, name)
  await mkdir(directory)
  const program = body ?? `#!/bin/sh\necho "$@" >>"$HOME/ran"\necho tina-daemon ${version}\n`
  await Bun.write(join(directory, "tina-daemon"), program)
  for (const file of ["dev.tina.daemon.plist", "tina-daemon.service"]) {
    await cp(join(templates, file), join(directory, file))
  }
  const archive = join(home.path, `${name}.tar.gz`)
  Bun.spawnSync(["tar", "-czf", archive, "-C", home.path, name])
  return archive
}

function sha256Of(path: string): string {
  return new Bun.CryptoHasher("sha256").update(readFileSync(path)).digest("hex")
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return files.map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1)).sort()
}

const installed = [
  "bin/tina-daemon",
  "share/tina-daemon/dev.tina.daemon.plist",
  "share/tina-daemon/tina-daemon.service",
]

test("an archive with the right checksum is installed, and runs", async () => {
  await using setup = await setUp()
  const { code, output } = setup.install(setup.archive, "--sha256", setup.sha256.toUpperCase())
  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("1.0.0") })
  expect(await setup.files()).toEqual(installed)
  const program = join(setup.prefix, "bin/tina-daemon")
  expect(statSync(program).mode & 0o777).toBe(0o755)
  expect(Bun.spawnSync([program], { env: setup.home.env }).stdout.toString()).toContain("1.0.0")
})

test("the checksum is found in a file, beside the archive, or by a directory's list", async () => {
  await using setup = await setUp()
  const list = join(setup.home.path, "SHA256SUMS")
  const name = `tina-daemon-1.0.0-${platform}.tar.gz`
  const other = `${"0".repeat(64)}  tina-daemon-1.0.0-plan9-x64.tar.gz\n`
  await Bun.write(list, `${other}${setup.sha256}  ${name}\n`)
  expect(setup.install(setup.archive, "--sha256", list).code).toBe(0)
  expect(setup.install(setup.archive).code).toBe(0)
  expect(setup.install(setup.home.path).code).toBe(0)
  await Bun.write(list, other)
  expect(setup.install(setup.home.path).output).toContain(`no archive for ${platform}`)
  expect(setup.install(setup.archive).output).toContain(`gives no SHA-256 for ${name}`)
})

test("an archive is fetched from a URL, and one that is not there is an error", async () => {
  await using setup = await setUp()
  // Another process, because this one waits for the script.
  const server = join(setup.home.path, "server.ts")
  await Bun.write(
    server,
    `const s = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch(request) {
      const path = new URL(request.url).pathname
      return path.endsWith(".tar.gz") ? new Response(Bun.file(${JSON.stringify(setup.home.path)} + path))
        : new Response(null, { status: 404 })
    } }); console.log(s.url.href)`,
  )
  const child = Bun.spawn([process.execPath, server], { stdout: "pipe" })
  try {
    const { value } = await child.stdout.getReader().read()
    const url = new TextDecoder().decode(value).trim()
    const archive = `${url}tina-daemon-1.0.0-${platform}.tar.gz`
    const missing = setup.install(`${url}none.txt`)
    expect(missing).toMatchObject({ code: 1, output: expect.stringContaining("cannot download") })
    expect(await setup.files()).toEqual([])
    expect(setup.install(archive, "--sha256", setup.sha256).code).toBe(0)
    expect(await setup.files()).toEqual(installed)
  } finally {
    child.kill()
    await child.exited
  }
})

test("a wrong checksum changes nothing", async () => {
  await using setup = await setUp()
  const { code, output } = setup.install(setup.archive, "--sha256", "0".repeat(64))
  expect(code).toBe(1)
  expect(output).toContain(setup.sha256)
  expect(await setup.files()).toEqual([])
})

test("a truncated archive changes nothing, not even when its checksum is right", async () => {
  await using setup = await setUp()
  const bytes = readFileSync(setup.archive)
  await Bun.write(setup.archive, bytes.subarray(0, bytes.length - 200))
  expect(setup.install(setup.archive, "--sha256", setup.sha256).output).toContain("not the one")
  const { code, output } = setup.install(setup.archive, "--sha256", sha256Of(setup.archive))
  expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining("damaged") })
  expect(await setup.files()).toEqual([])
})

test("a program that does not start here changes nothing", async () => {
  await using setup = await setUp()
  expect(setup.install(setup.archive, "--sha256", setup.sha256).code).toBe(0)
  const broken = await makeArchive(
    setup.home,
    "2.0.0",
    "#!/bin/sh\necho no such library >&2\nexit 127\n",
  )
  const { code, output } = setup.install(broken, "--sha256", sha256Of(broken))
  expect({ code, output }).toMatchObject({
    code: 1,
    output: expect.stringContaining("no such library"),
  })
  expect(readFileSync(join(setup.prefix, "bin/tina-daemon"), "utf8")).toContain("1.0.0")
})

test("a copy that breaks off leaves the old version, and nothing beside it", async () => {
  await using setup = await setUp()
  expect(setup.install(setup.archive, "--sha256", setup.sha256).code).toBe(0)
  const newer = await makeArchive(setup.home, "2.0.0")
  const half = `for target; do :; done
    case $target in *tina-daemon.new.*) head -c 10 "$2" >"$target"; echo 'No space left on device' >&2; exit 1 ;; esac
    exec /bin/cp "$@"`
  await setup.programs.add("cp", half)
  expect(setup.install(newer, "--sha256", sha256Of(newer)).code).not.toBe(0)
  expect(await setup.files()).toEqual(installed)
  expect(readFileSync(join(setup.prefix, "bin/tina-daemon"), "utf8")).toContain("1.0.0")
})

test("an interrupt while copying leaves nothing", async () => {
  await using setup = await setUp()
  await setup.programs.add(
    "cp",
    `/bin/cp "$@"; case $3 in *.service.new.*) kill -TERM $PPID ;; esac`,
  )
  expect(setup.install(setup.archive, "--sha256", setup.sha256).code).toBe(143)
  expect(await setup.files()).toEqual([])
  const left = await readdir(setup.home.path)
  expect(left.filter((name) => name.startsWith("tmp."))).toEqual([])
})

test("what a killed installation left behind is gone after the next one", async () => {
  await using setup = await setUp()
  await setup.programs.add(
    "cp",
    `/bin/cp "$@"; case $3 in *.service.new.*) kill -KILL $PPID ;; esac`,
  )
  expect(setup.install(setup.archive, "--sha256", setup.sha256).code).not.toBe(0)
  expect(await setup.files()).not.toContain("bin/tina-daemon")
  await setup.programs.add("cp", `exec /bin/cp "$@"`)
  expect(setup.install(setup.archive, "--sha256", setup.sha256).code).toBe(0)
  expect(await setup.files()).toEqual(installed)
})

test("a second run replaces the first, while the program runs", async () => {
  await using setup = await setUp()
  expect(setup.install(setup.archive, "--sha256", setup.sha256).code).toBe(0)
  const program = join(setup.prefix, "bin/tina-daemon")
  const before = statSync(program).ino
  const newer = await makeArchive(setup.home, "2.0.0")
  expect(setup.install(newer, "--sha256", sha256Of(newer)).code).toBe(0)
  expect(readFileSync(program, "utf8")).toContain("2.0.0")
  expect(statSync(program).ino).not.toBe(before)
  expect(await setup.files()).toEqual(installed)
})

test("--uninstall removes the service first, then every file, and may be repeated", async () => {
  await using setup = await setUp()
  expect(setup.install(setup.archive, "--sha256", setup.sha256).code).toBe(0)
  await Bun.write(join(setup.home.path, ".config/systemd/user/tina-daemon.service"), "")
  await Bun.write(join(setup.prefix, "bin/tina-daemon.previous"), "")
  expect(setup.install("--uninstall")).toMatchObject({ code: 0 })
  expect(readFileSync(join(setup.home.path, "ran"), "utf8").trim().split("\n").at(-1)).toBe(
    "uninstall",
  )
  expect(await setup.files()).toEqual([])
  expect(await readdir(join(setup.prefix, "share"))).toEqual([])
  expect(setup.install("--uninstall")).toMatchObject({
    code: 0,
    output: expect.stringContaining("There is no tina-daemon"),
  })
})

test("--uninstall stops when the service cannot be removed", async () => {
  await using setup = await setUp()
  const stubborn = `#!/bin/sh\n[ "$1" = --version ] || exit 1\necho tina-daemon 1.0.0\n`
  const archive = await makeArchive(setup.home, "3.0.0", stubborn)
  expect(setup.install(archive, "--sha256", sha256Of(archive)).code).toBe(0)
  await Bun.write(join(setup.home.path, "Library/LaunchAgents/dev.tina.daemon.plist"), "")
  expect(setup.install("--uninstall").code).toBe(1)
  expect(await setup.files()).toEqual(installed)
})

/** As an ordinary person, for what root may always do. */
async function setUpOrdinary() {
  const setup = await setUp()
  if (isRoot) {
    for (const path of [setup.home.path, setup.prefix]) await chown(path, 65_534, 65_534)
    await chown(setup.programs.bin, 65_534, 65_534)
  }
  const { home, prefix, programs } = setup
  // The checkout may lie where only its owner may look.
  const readable = join(home.path, "install.sh")
  await cp(script, readable)
  const wrapper = isRoot ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []
  const start = [...wrapper, "sh", readable]
  const install = (...args: readonly string[]) =>
    run(
      home,
      programs,
      [setup.archive, "--sha256", setup.sha256, "--prefix", prefix, ...args],
      start,
    )
  const words = [...start, setup.archive, "--sha256", setup.sha256, "--prefix", prefix]
  const command = words.map((word) => `'${word}'`).join(" ")
  await chmod(prefix, 0o555)
  return { setup, install, command }
}

test("a prefix that cannot be written is not touched without sudo, nor without asking", async () => {
  const { setup, install } = await setUpOrdinary()
  await using _setup = setup
  await setup.programs.add("sudo", "exit 1")
  expect(install()).toMatchObject({ code: 1, output: expect.stringContaining("nobody to ask") })
  expect(setup.programs.calls()).toEqual([])
  expect(await setup.files()).toEqual([])
})

test("with --yes, sudo is used for the prefix and for nothing else", async () => {
  const { setup, install } = await setUpOrdinary()
  await using _setup = setup
  await setup.programs.add("sudo", `chmod 755 '${setup.prefix}'; exec "$@"`)
  expect(install("--yes")).toMatchObject({ code: 0 })
  expect(await setup.files()).toEqual(installed)
  for (const call of setup.programs.calls()) expect(call.join(" ")).toContain(setup.prefix)
})

test.skipIf(process.platform !== "linux" || Bun.which("script") === null).each([
  ["n", 1, []],
  ["y", 0, installed],
] as const)("a person who is asked about sudo and says %s decides", async (answer, code, files) => {
  const { setup, command } = await setUpOrdinary()
  await using _setup = setup
  await setup.programs.add("sudo", `chmod 755 '${setup.prefix}'; exec "$@"`)
  const argv = ["script", "--quiet", "--return", "--command", command, "/dev/null"]
  const env = { ...setup.home.env, PATH: setup.programs.path, TMPDIR: setup.home.path }
  const child = Bun.spawnSync(argv, { env, stdin: Buffer.from(`${answer}\n`) })
  expect(child.stdout.toString()).toContain("Use sudo? [y/N]")
  expect(child.exitCode).toBe(code)
  expect(await setup.files()).toEqual([...files])
})

test.skipIf(!isRoot)("root does not install into somebody else's home", async () => {
  await using setup = await setUp()
  await chown(setup.prefix, 65_534, 65_534)
  const { code, output } = setup.install(setup.archive, "--sha256", setup.sha256)
  expect({ code, output }).toMatchObject({
    code: 1,
    output: expect.stringContaining("another user"),
  })
  expect(await setup.files()).toEqual([])
})

test.each([
  [["--frefix", "/x"], "no option --frefix"],
  [["--sha256"], "needs a value"],
  [["one.tar.gz", "two.tar.gz"], "more than one SOURCE"],
  [["none.tar.gz", "--sha256", "0".repeat(64)], "no file none.tar.gz"],
])("%j is refused", async (args, message) => {
  await using setup = await setUp()
  const { code, output } = run(setup.home, setup.programs, args)
  expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining(message) })
})

test("on an Intel Mac the program is signed before it is started", async () => {
  await using setup = await setUp()
  await setup.programs.add("uname", "case $1 in -s) echo Darwin ;; -m) echo x86_64 ;; esac")
  await setup.programs.add("sysctl", "exit 1")
  await setup.programs.add("codesign", `[ ! -e "$HOME/ran" ]`)
  expect(setup.install(setup.archive, "--sha256", setup.sha256).code).toBe(0)
  const [signing] = setup.programs.calls().filter(([name]) => name === "codesign")
  expect(signing?.slice(0, 4)).toEqual(["codesign", "--force", "--sign", "-"])
  await setup.programs.add("sysctl", "echo 1")
  expect(setup.install(setup.home.path, "--sha256", setup.archive).output).toContain("darwin-arm64")
})
