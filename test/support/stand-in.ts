/** Programs that stand in for the machine's own: shell scripts first on PATH, which record how they are called. */
import { chmod, mkdir, writeFile } from "node:fs/promises"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"

export interface StandIns {
  /** The directory with the programs. */
  readonly bin: string
  /** PATH with that directory first. */
  readonly path: string
  /** What was run so far: the name and the arguments of each call. */
  calls(): readonly (readonly string[])[]
  /** A file in the directory of the programs, by which they keep state: `$here/NAME`. */
  has(name: string): boolean
  add(name: string, body: string): Promise<void>
}

/** `body` is a shell script; `$here` is the directory of the programs. */
export async function createStandIns(
  bin: string,
  programs: Readonly<Record<string, string>>,
): Promise<StandIns> {
  await mkdir(bin, { recursive: true })
  const log = join(bin, "calls.log")
  async function add(name: string, body: string): Promise<void> {
    // Written at once: two programs that run at the same time must not write into each other's lines.
    const words = 'line="${0##*/}"; for word in "$@"; do line="$line\u001f$word"; done'
    const record = String.raw`${words}; printf '%s\036' "$line" >>"$here/calls.log"`
    await writeFile(join(bin, name), `#!/bin/sh\nhere='${bin}'\n${record}\n${body}\n`)
    await chmod(join(bin, name), 0o755)
  }
  for (const [name, body] of Object.entries(programs)) await add(name, body)
  return {
    bin,
    path: `${bin}:/usr/bin:/bin`,
    calls() {
      if (!existsSync(log)) return []
      const lines = readFileSync(log, "utf8").split("\u001e").slice(0, -1)
      return lines.map((line) => line.split("\u001f"))
    },
    has: (name) => existsSync(join(bin, name)),
    add,
  }
}
