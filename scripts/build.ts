/**
 * Builds the standalone executable for this host (`./tina-daemon`) or, with `--all`, one for each
 * platform into `dist/<platform>/tina-daemon`, and runs what this host can run.
 * Why each flag is there: see "The build" in ARCHITECTURE.md.
 */
import { $ } from "bun"
import pkg from "../package.json"

const targets = ["darwin-arm64", "darwin-x64", "linux-x64", "linux-arm64"] as const
const entrypoints = ["src/main.ts", "src/local/worker.ts"]
const host = `${process.platform}-${process.arch}`

async function commit(): Promise<string> {
  const result = await $`git rev-parse --short HEAD`.quiet().nothrow()
  return result.exitCode === 0 ? result.text().trim() : "unknown"
}

async function build(target: string, outfile: string): Promise<void> {
  const define = {
    BUILD_VERSION: JSON.stringify(pkg.version),
    BUILD_COMMIT: JSON.stringify(await commit()),
    __dirname: '"/"',
    __filename: '"/x"',
  }
  const defines = Object.entries(define).flatMap(([name, value]) => [
    "--define",
    `${name}=${value}`,
  ])
  const flags = [
    "--compile",
    "--production",
    "--sourcemap",
    "--bytecode",
    "--format=esm",
    "--no-compile-autoload-dotenv",
    "--no-compile-autoload-bunfig",
    `--target=bun-${target}`,
    `--outfile=${outfile}`,
  ]
  await $`bun build ${entrypoints} ${flags} ${defines}`.quiet()
  await $`rm -f ${outfile}.map worker.js.map`
}

/** A build that does not start must fail here: the bundler can exit 0 and leave a broken binary. */
async function verify(outfile: string): Promise<void> {
  const printed = await $`${outfile} --version`.env({ HOME: "/nonexistent" }).text()
  if (!printed.includes(pkg.version)) throw new Error(`${outfile} --version printed ${printed}`)
}

const outputs = process.argv.includes("--all")
  ? targets.map((target) => ({ target: target as string, outfile: `./dist/${target}/tina-daemon` }))
  : [{ target: host, outfile: "./tina-daemon" }]

for (const { target, outfile } of outputs) {
  await build(target, outfile)
  if (target === host) await verify(outfile)
  console.log(`built ${outfile} (${(Bun.file(outfile).size / 1e6).toFixed(0)} MB)`)
}
