/**
 * Makes a release in `dist/release`: an archive for each platform, SHA256SUMS, and the Homebrew formula. It refuses
 * while the changelog has nothing to say about it, and publishes nothing: that is up to a person.
 *
 *   bun run release [--url BASE] [--binaries DIR] [--out DIR] [--changelog FILE]
 *
 * BASE is where the archives will be downloaded from (they can be tried from where they are if it is left out).
 * With `--binaries`, nothing is built: DIR holds `PLATFORM/tina-daemon`.
 */
import { $ } from "bun"
import { mkdir, rm } from "node:fs/promises"
import { join, relative } from "node:path"
import { pathToFileURL } from "node:url"
import { parseArgs } from "node:util"
import pkg from "../package.json"
import { fillTemplate, type TemplateValue } from "../src/system/template.ts"
import { packArchive, sha256, type ArchiveFile } from "./archive.ts"

const root = join(import.meta.dir, "..")
const platforms = ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"] as const
const companions = ["launchd/dev.tina.daemon.plist", "launchd/tina-daemon.service", "LICENSE"]

const { values: options } = parseArgs({
  options: {
    url: { type: "string" },
    binaries: { type: "string", default: join(root, "dist") },
    out: { type: "string", default: join(root, "dist/release") },
    changelog: { type: "string", default: join(root, "CHANGELOG.md") },
  },
})

interface Archive {
  readonly platform: (typeof platforms)[number]
  readonly name: string
  readonly sha256: string
}

/** What stands between `## Unreleased` and the next heading of its level, without headings. */
function unreleasedText(changelog: string): string {
  const [, section = ""] = /^## Unreleased *\n([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(changelog) ?? []
  return section.replaceAll(/^#.*$/gm, "").trim()
}

async function requireNews(): Promise<void> {
  if (unreleasedText(await Bun.file(options.changelog).text()) !== "") return
  const place = relative(process.cwd(), options.changelog)
  throw new Error(`cannot release ${pkg.version}: "Unreleased" is empty in ${place}`)
}

async function makeArchive(platform: Archive["platform"]): Promise<Archive> {
  const directory = `tina-daemon-${pkg.version}-${platform}`
  const files = await Promise.all([
    readExecutable(join(options.binaries, platform, "tina-daemon")),
    ...companions.map(readCompanion),
  ])
  const data = packArchive(directory, files)
  const name = `${directory}.tar.gz`
  await Bun.write(join(options.out, name), data)
  return { platform, name, sha256: sha256(data) }
}

async function readExecutable(path: string): Promise<ArchiveFile> {
  return { name: "tina-daemon", data: await Bun.file(path).bytes(), isExecutable: true }
}

async function readCompanion(path: string): Promise<ArchiveFile> {
  const name = path.replace(/^.*\//, "")
  return { name, data: await Bun.file(join(root, path)).bytes() }
}

async function writeFormula(archives: readonly Archive[]): Promise<void> {
  const base = (options.url ?? pathToFileURL(options.out).href).replace(/\/$/, "")
  const values: Record<string, TemplateValue> = { version: pkg.version, homepage: base }
  for (const { platform, name, sha256 } of archives) {
    values[platform.replace("-", "_")] = [{ url: `${base}/${name}`, sha256 }]
  }
  const template = await Bun.file(join(root, "scripts/tina-daemon.rb")).text()
  await Bun.write(join(options.out, "tina-daemon.rb"), fillTemplate(template, values))
}

async function main(): Promise<void> {
  await requireNews()
  if (process.argv.every((word) => !word.startsWith("--binaries"))) {
    await $`${process.execPath} ${join(root, "scripts/build.ts")} --all`
  }
  await rm(options.out, { recursive: true, force: true })
  await mkdir(options.out, { recursive: true })
  const archives: Archive[] = []
  for (const platform of platforms) archives.push(await makeArchive(platform))
  const lines = archives.map((archive) => `${archive.sha256}  ${archive.name}\n`)
  await Bun.write(join(options.out, "SHA256SUMS"), lines.join(""))
  await writeFormula(archives)
  await Bun.write(join(options.out, "install.sh"), Bun.file(join(root, "scripts/install.sh")))
  console.log(`${lines.join("")}\nin ${relative(process.cwd(), options.out)}`)
  console.log(remarks.join("\n"))
}

const remarks = [
  "Before it is published:",
  "- darwin-x64 carries no valid signature: install.sh and the formula sign it on the Mac on which it is",
  "  installed. For a download that is opened otherwise, sign it on a Mac (codesign --force --sign - ...) and",
  "  run this again with --binaries.",
  '- name the version in CHANGELOG.md, and start a new "Unreleased".',
]

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
