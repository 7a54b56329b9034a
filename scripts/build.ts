/**
 * Builds the standalone executable for this host (`./tina-daemon`) or, with `--all`, one for each platform
 * into `dist/PLATFORM/tina-daemon`, and runs what this host can run. The same sources give the same bytes, in
 * whatever directory they lie. Why each flag is there: see "The build" in ARCHITECTURE.md.
 */
import { $ } from "bun"
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises"
import { dirname, join, relative } from "node:path"
import pkg from "../package.json"

const root = join(import.meta.dir, "..")
const dist = join(root, "dist")
const host = `${process.platform}-${process.arch}`
const targets = ["darwin-arm64", "darwin-x64", "linux-x64", "linux-arm64"] as const
const entrypoints = ["src/main.ts", "src/local/worker.ts"]

async function commit(): Promise<string> {
  // Quoted, or the shell looks for files of that name, finds none and runs nothing.
  const described = await $`git describe --always --dirty "--exclude=*"`.cwd(root).quiet().nothrow()
  return described.exitCode === 0 ? described.text().trim() : "unknown"
}

async function flags(): Promise<string[]> {
  const define = {
    BUILD_VERSION: JSON.stringify(pkg.version),
    BUILD_COMMIT: JSON.stringify(await commit()),
    // Packages that read these would otherwise carry the path of this directory into the binary.
    __dirname: '"/"',
    __filename: '"/x"',
  }
  return [
    "--compile",
    "--production",
    "--sourcemap",
    "--bytecode",
    "--format=esm",
    "--no-compile-autoload-dotenv",
    "--no-compile-autoload-bunfig",
    ...Object.entries(define).flatMap(([name, value]) => ["--define", `${name}=${value}`]),
  ]
}

/** The bundler leaves maps beside its output; only the executable, which contains them, leaves the directory. */
async function build(target: string, outfile: string): Promise<void> {
  await mkdir(dist, { recursive: true })
  const directory = await mkdtemp(join(dist, ".build-"))
  const built = join(directory, "tina-daemon")
  const output = [`--target=bun-${target}`, `--outfile=${built}`]
  try {
    const bundler = $`${process.execPath} build ${entrypoints} ${await flags()} ${output}`
    const { exitCode, stderr } = await bundler.cwd(root).quiet().nothrow()
    if (exitCode !== 0) throw new Error(`cannot build ${outfile}: ${stderr.toString()}`)
    if (target === host) await verify(built)
    await mkdir(dirname(outfile), { recursive: true })
    await rename(built, outfile)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** A build that does not start must fail here: the bundler can exit 0 and leave a broken binary. */
async function verify(built: string): Promise<void> {
  const printed = await $`${built} --version`.env({ HOME: "/nonexistent" }).text()
  if (!printed.includes(pkg.version)) throw new Error(`--version of the build printed ${printed}`)
}

function describe(target: string, outfile: string): string {
  const size = `${(Bun.file(outfile).size / 1e6).toFixed(0)} MB`
  // The bundler keeps the signature of its own executable over changed content; macOS kills such a process.
  const isUnsigned = target === "darwin-x64" && host !== target
  const name = relative(process.cwd(), outfile)
  const note = isUnsigned ? `; on a Mac, first: codesign --force --sign - ${name}` : ""
  return `built ${name} (${size})${note}`
}

const outputs = process.argv.includes("--all")
  ? targets.map((target) => ({ target, outfile: join(dist, target, "tina-daemon") }))
  : [{ target: host, outfile: join(root, "tina-daemon") }]

for (const { target, outfile } of outputs) {
  await build(target, outfile)
  console.log(describe(target, outfile))
}
