/**
 * Which checks a project has: those that its `tina-checks.toml` lists, else those that its kind usually
 * has. A check is an argument list: no shell ever sees it.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"
import { TinaError } from "../../base/errors.ts"
import { readFileLimited } from "../../base/files.ts"
import { parseToml } from "../../config/toml.ts"
import { readJsonFile } from "../read-json.ts"

const maxFileBytes = 1024 * 1024

export interface Check {
  readonly name: string
  readonly cwd: string
  readonly argv: readonly [string, ...string[]]
}

const listed = z.object({
  check: z
    .array(
      z.union([
        z.object({ name: z.string().optional(), command: z.string().min(1) }),
        z.object({ name: z.string().optional(), kind: z.literal("project"), path: z.string() }),
      ]),
    )
    .default([]),
})

const usual: readonly (readonly [string, readonly (readonly [string, ...string[]])[]])[] = [
  [
    "Cargo.toml",
    [
      ["cargo", "test"],
      ["cargo", "clippy", "--", "-D", "warnings"],
    ],
  ],
  [
    "go.mod",
    [
      ["go", "test", "./..."],
      ["go", "vet", "./..."],
    ],
  ],
  ["pyproject.toml", [["pytest"], ["ruff", "check"]]],
]

/** TinaError `config` if the project's own list is wrong. */
export function checksOf(directory: string): readonly Check[] {
  const path = join(directory, "tina-checks.toml")
  const reading = readFileLimited(path, maxFileBytes)
  if (reading.status === "missing") return usualChecks(directory)
  const text = reading.status === "read" ? new TextDecoder().decode(reading.bytes) : ""
  const toml = parseToml(text)
  const parsed = toml.ok ? listed.safeParse(toml.value) : undefined
  if (parsed?.success !== true) {
    throw new TinaError(
      "config",
      `cannot read ${path}: ${toml.ok ? "a [[check]] is wrong" : toml.problem}`,
    )
  }
  return parsed.data.check.flatMap((check) =>
    "command" in check
      ? [{ name: check.name ?? check.command, cwd: directory, argv: splitCommand(check.command) }]
      : usualChecks(join(directory, check.path)),
  )
}

function usualChecks(directory: string): readonly Check[] {
  const found = usual.flatMap(([file, commands]) =>
    existsSync(join(directory, file)) ? [...commands] : [],
  )
  return [...scriptCommands(directory), ...found].map((argv) => ({
    name: argv.join(" "),
    cwd: directory,
    argv,
  }))
}

/** The package's own `test` and `lint`, run by the tool whose lock file it has. */
function scriptCommands(directory: string): readonly (readonly [string, ...string[]])[] {
  const manifest = z.object({ scripts: z.record(z.string(), z.string()).default({}) })
  const parsed = manifest.safeParse(readJsonFile(join(directory, "package.json"), maxFileBytes))
  const tools = { "bun.lock": "bun", "pnpm-lock.yaml": "pnpm", "yarn.lock": "yarn" }
  const tool =
    Object.entries(tools).find(([lock]) => existsSync(join(directory, lock)))?.[1] ?? "npm"
  const scripts = parsed.data?.scripts ?? {}
  return ["test", "lint"].flatMap((name) => (name in scripts ? [[tool, "run", name] as const] : []))
}

const word = /"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"']+/g

/** Words as a shell would part them, without anything else that a shell does. TinaError `config`. */
export function splitCommand(command: string): readonly [string, ...string[]] {
  const unquoted = command.replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'/g, "")
  if (/[|&;<>$`*?()"']/.test(unquoted)) {
    throw new TinaError("config", `cannot run ${JSON.stringify(command)}: it needs a shell`, {
      hint: "put it into a script and name that",
    })
  }
  const [first, ...rest] = (command.match(word) ?? []).map(unquote)
  if (first !== undefined) return [first, ...rest]
  throw new TinaError("config", "cannot run a check: its command is empty")
}

function unquote(text: string): string {
  if (text.startsWith("'")) return text.slice(1, -1)
  return text.startsWith('"') ? text.slice(1, -1).replaceAll(/\\(.)/g, "$1") : text
}
