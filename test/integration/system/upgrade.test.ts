/** Upgrades of a small program that stands in for the real one: a daemon that answers --version. */
import { expect, test } from "bun:test"
import { chmod, mkdir, readdir } from "node:fs/promises"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { TinaError } from "../../../src/base/errors.ts"
import { createCommandRunner } from "../../../src/system/command.ts"
import { upgradeProgram, type UpgradeDeps } from "../../../src/system/upgrade.ts"
import { eventually } from "../../support/eventually.ts"
import { failureOf } from "../../support/failure.ts"
import { createStandIns } from "../../support/stand-in.ts"
import { tmpHome, type TmpHome } from "../../support/tmp-home.ts"

const { signal } = new AbortController()

function program(
  version: string,
  whenRun = 'echo "$version" >"$HOME/ready.new"; mv "$HOME/ready.new" "$HOME/ready"; exec sleep 60',
): string {
  return `#!/bin/sh\nversion=${version}\n[ "$1" != --version ] || { echo "tina-daemon $version"; exit; }\n${whenRun}\n`
}

async function writeProgram(path: string, text: string): Promise<string> {
  await Bun.write(path, text)
  await chmod(path, 0o755)
  return path
}

interface Setup extends AsyncDisposable {
  readonly home: TmpHome
  readonly executable: string
  readonly deps: UpgradeDeps
  start(): Promise<void>
  /** The version of the daemon that runs, if one does. */
  running(): string | undefined
  files(): Promise<string[]>
}

async function setUp(): Promise<Setup> {
  const home = await tmpHome()
  const bin = join(home.path, "bin")
  await mkdir(bin)
  const executable = await writeProgram(join(bin, "tina-daemon"), program("1.0.0"))
  const ready = join(home.path, "ready")
  let child: ReturnType<typeof Bun.spawn> | undefined

  async function stop(): Promise<void> {
    child?.kill("SIGKILL")
    await child?.exited
    child = undefined
    await Bun.file(ready)
      .delete()
      .catch(() => {})
  }
  async function start(): Promise<void> {
    await stop()
    const started = Bun.spawn([executable], { env: home.env, stderr: "ignore" })
    child = started
    await eventually(() => existsSync(ready) || started.exitCode !== null, { withinMs: 3_000 })
    if (existsSync(ready)) return
    throw new TinaError("internal", `cannot start: it exited with ${started.exitCode}`)
  }

  return {
    home,
    executable,
    start,
    running: () =>
      existsSync(ready) && child?.exitCode === null
        ? readFileSync(ready, "utf8").trim()
        : undefined,
    files: async () => (await readdir(bin)).sort(),
    deps: {
      executable,
      run: createCommandRunner({ env: home.env }),
      needsSigning: false,
      fetch: (url, init) => fetch(url, init),
      daemon: { isRunning: async () => child !== undefined, restart: start },
    },
    async [Symbol.asyncDispose]() {
      await stop()
      await home[Symbol.asyncDispose]()
    },
  }
}

async function release(setup: Setup, text: string): Promise<{ from: string; sha256: string }> {
  const from = join(setup.home.path, "new")
  await Bun.write(from, text)
  return { from, sha256: sha256(text) }
}

function sha256(content: string | Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(content).digest("hex")
}

function versionOf({ executable, home }: Setup): string {
  return Bun.spawnSync([executable, "--version"], { env: home.env }).stdout.toString().trim()
}

test("a running daemon is replaced by the new version, and the old one is kept", async () => {
  await using setup = await setUp()
  await setup.start()
  const outcome = await upgradeProgram(await release(setup, program("2.0.0")), setup.deps, signal)
  const previous = `${setup.executable}.previous`
  expect(outcome).toEqual({
    status: "upgraded",
    version: "tina-daemon 2.0.0",
    previous,
    restarted: true,
  })
  expect(setup.running()).toBe("2.0.0")
  expect(readFileSync(previous, "utf8")).toBe(program("1.0.0"))
  expect(await setup.files()).toEqual(["tina-daemon", "tina-daemon.previous"])
})

test("a daemon that does not run is not started", async () => {
  await using setup = await setUp()
  const outcome = await upgradeProgram(await release(setup, program("2.0.0")), setup.deps, signal)
  expect(outcome).toMatchObject({ status: "upgraded", restarted: false })
  expect(setup.running()).toBeUndefined()
  expect(versionOf(setup)).toBe("tina-daemon 2.0.0")
})

test.each([
  ["ends at once", "exit 70"],
  ["never gets ready", "exec sleep 60"],
])("a new version that %s is rolled back, and the old one runs again", async (_, whenRun) => {
  await using setup = await setUp()
  await setup.start()
  const source = await release(setup, program("2.0.0", whenRun))
  const outcome = await upgradeProgram(source, setup.deps, signal)
  expect(outcome).toMatchObject({ status: "rolled_back", version: "tina-daemon 2.0.0" })
  expect(setup.running()).toBe("1.0.0")
  expect(versionOf(setup)).toBe("tina-daemon 1.0.0")
  expect(await setup.files()).toEqual(["tina-daemon"])
})

test("an interrupt while the new version starts rolls back too", async () => {
  await using setup = await setUp()
  await setup.start()
  const stop = new AbortController()
  const restart = async (within: AbortSignal) => {
    if (within === stop.signal) stop.abort(new Error("interrupted"))
    within.throwIfAborted()
    await setup.start()
  }
  const daemon = { ...setup.deps.daemon, restart }
  const source = await release(setup, program("2.0.0"))
  const error = await failureOf(upgradeProgram(source, { ...setup.deps, daemon }, stop.signal))
  expect(error).toMatchObject({ message: "interrupted" })
  expect(setup.running()).toBe("1.0.0")
})

test("when not even the old version comes up, both reasons are told", async () => {
  await using setup = await setUp()
  await setup.start()
  const failing = async () => Promise.reject(new Error("no"))
  const deps = { ...setup.deps, daemon: { ...setup.deps.daemon, restart: failing } }
  const source = await release(setup, program("2.0.0"))
  const error = await failureOf(upgradeProgram(source, deps, signal))
  expect(error).toMatchObject({ code: "internal", hint: "tina-daemon doctor" })
  expect(versionOf(setup)).toBe("tina-daemon 1.0.0")
})

test("a release archive is unpacked, from a URL too", async () => {
  await using setup = await setUp()
  const directory = join(setup.home.path, "tina-daemon-2.0.0-linux-x64")
  await mkdir(directory)
  await writeProgram(join(directory, "tina-daemon"), program("2.0.0"))
  const archive = join(setup.home.path, "new.tar.gz")
  Bun.spawnSync(["tar", "-czf", archive, "-C", setup.home.path, "tina-daemon-2.0.0-linux-x64"])
  const bytes = await Bun.file(archive).bytes()
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: ({ url }) =>
      new Response(url.endsWith("/new") ? bytes : null, {
        status: url.endsWith("/new") ? 200 : 404,
      }),
  })
  const from = new URL("/new", server.url).href
  const outcome = await upgradeProgram({ from, sha256: sha256(bytes) }, setup.deps, signal)
  expect(outcome).toMatchObject({ status: "upgraded", version: "tina-daemon 2.0.0" })
  const missing = { from: new URL("/none", server.url).href, sha256: sha256(bytes) }
  const error = await failureOf(upgradeProgram(missing, setup.deps, signal))
  expect(error).toMatchObject({ code: "offline", message: expect.stringContaining("404") })
})

test.each([
  ["a wrong checksum", program("2.0.0"), "0".repeat(64), "its SHA-256 is"],
  ["half a checksum", program("2.0.0"), "abc", "64 hexadecimal digits"],
  [
    "a program that does not start",
    "#!/bin/sh\necho bad library >&2\nexit 127\n",
    "",
    "bad library",
  ],
  ["another program", "#!/bin/sh\necho bash 5.2\n", "", "is no tina-daemon"],
  ["no program", "hello", "", "does not start here"],
  ["a damaged archive", "\u001f\u008b damaged", "", "unpacked"],
])("%s changes nothing", async (_, text, sum, message) => {
  await using setup = await setUp()
  await setup.start()
  const bytes = text.startsWith("\u001f") ? Buffer.from(text, "latin1") : Buffer.from(text)
  const from = join(setup.home.path, "new")
  await Bun.write(from, bytes)
  const source = { from, sha256: sum || sha256(bytes) }
  const error = await failureOf(upgradeProgram(source, setup.deps, signal))
  expect(error).toMatchObject({ code: "usage", message: expect.stringContaining(message) })
  expect(setup.running()).toBe("1.0.0")
  expect(await setup.files()).toEqual(["tina-daemon"])
})

test("a file that is not there is an error that names it", async () => {
  await using setup = await setUp()
  const source = { from: join(setup.home.path, "none"), sha256: "0".repeat(64) }
  const error = await failureOf(upgradeProgram(source, setup.deps, signal))
  expect(error).toMatchObject({ code: "io", message: expect.stringContaining(source.from) })
})

test("on an Intel Mac the new program is signed before it is asked for its version", async () => {
  await using setup = await setUp()
  const programs = await createStandIns(join(setup.home.path, "programs"), { codesign: "exit 1" })
  const run = createCommandRunner({ env: { ...setup.home.env, PATH: programs.path } })
  const source = await release(setup, program("2.0.0"))
  const deps = { ...setup.deps, run, needsSigning: true }
  const error = await failureOf(upgradeProgram(source, deps, signal))
  expect(error).toMatchObject({ message: expect.stringContaining("signed") })
  expect(programs.calls()[0]?.slice(0, 4)).toEqual(["codesign", "--force", "--sign", "-"])
})
