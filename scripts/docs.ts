/**
 * The generated parts of the documents: what stands between `<!-- generated:NAME -->` and
 * `<!-- /generated:NAME -->` is made from the code. `bun scripts/docs.ts` writes them anew; with `--check`
 * it changes nothing and exits with 1 if a document is out of date.
 */
import { join } from "node:path"
import { dataPathTable, localTable } from "../bench/measured.ts"
import { methodReference } from "../src/api/reference.ts"
import { runProcess } from "../src/base/process.ts"
import { configReference } from "../src/config/reference.ts"
import { replaceRegions, type Regions } from "./regions.ts"

const root = join(import.meta.dir, "..")
const isCheck = process.argv.includes("--check")

const regions: Regions = {
  bench: dataPathTable,
  "bench-local": localTable,
  config: configReference,
  methods: methodReference,
}

/** The documents, each with the regions that it must hold; it may hold others. */
const documents: Readonly<Record<string, readonly string[]>> = {
  "README.md": ["bench"],
  "docs/settings.md": ["config"],
  "ARCHITECTURE.md": ["bench-local"],
}

/** Formatted as the formatter would, so that the two never disagree about the same file. */
async function format(file: string, content: string): Promise<string> {
  const argv = [process.execPath, "fmt", "--no-script", `--stdin-filepath=${file}`] as const
  const limits = {
    signal: AbortSignal.timeout(30_000),
    timeLimitMs: 30_000,
    maxOutputBytes: 1 << 22,
  }
  const outcome = await runProcess({ argv, cwd: root, env: process.env, stdin: content }, limits)
  if (outcome.status === "exited" && outcome.code === 0) return outcome.stdout.text
  throw new Error(`cannot format ${file}: ${JSON.stringify(outcome)}`)
}

/** The problem with the document, or undefined. */
async function update(name: string, required: readonly string[]): Promise<string | undefined> {
  const file = Bun.file(join(root, name))
  if (!(await file.exists())) return undefined
  const before = await file.text()
  const outcome = replaceRegions(before, regions, required)
  if (!outcome.ok) return `${name}: ${outcome.problem}`
  const after = await format(name, outcome.text)
  if (after === before) return undefined
  if (isCheck) return `${name} is out of date; run: bun scripts/docs.ts`
  await file.write(after)
  console.log(`wrote ${name}`)
  return undefined
}

for (const [name, required] of Object.entries(documents)) {
  const problem = await update(name, required)
  if (problem === undefined) continue
  console.error(problem)
  process.exitCode = 1
}
