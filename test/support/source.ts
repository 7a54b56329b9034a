/**
 * The program's own source files as the architecture test sees them: text, code without comments and types,
 * and imports. Types may be imported from anywhere: they are gone when the program runs.
 */
import { dirname, join, normalize } from "node:path"

export interface Source {
  /** Below the project, with forward slashes: `src/sync/diff.ts`. */
  readonly file: string
  /** `sync`, `features/agents`, or the file's own name for `src/main.ts` and `src/daemon.ts`. */
  readonly room: string
  readonly text: string
  /** What runs: JavaScript, without comments and types. */
  readonly code: string
  readonly imports: readonly Import[]
}

export interface Import {
  /** A file of the project where the path is relative, else the name as written (`node:fs`, `zod`). */
  readonly target: string
  readonly isOwn: boolean
  readonly isDynamic: boolean
}

const root = join(import.meta.dir, "../..")

export function roomOf(file: string): string {
  const [, room = "", ...rest] = file.split("/")
  return room === "features" && rest.length > 1 ? `features/${rest[0]}` : room
}

/** Every TypeScript file of `src` that a person wrote, in order of its name. */
export async function readSources(): Promise<Source[]> {
  const files = await Array.fromAsync(new Bun.Glob("src/**/*.{ts,tsx}").scan({ cwd: root }))
  const written = files.filter((file) => !file.includes("/_generated/"))
  return Promise.all(written.toSorted().map(readSource))
}

async function readSource(file: string): Promise<Source> {
  const text = await Bun.file(join(root, file)).text()
  const transpiler = new Bun.Transpiler({ loader: file.endsWith("x") ? "tsx" : "ts" })
  const imports = transpiler.scanImports(text).map(({ path, kind }) => ({
    target: path.startsWith(".") ? normalize(join(dirname(file), path)) : path,
    isOwn: path.startsWith("."),
    isDynamic: kind === "dynamic-import",
  }))
  return { file, room: roomOf(file), text, code: transpiler.transformSync(text), imports }
}
