/**
 * Files that earlier versions, other programs of the same name, or an interrupt have left. Only what this
 * program has made for itself, and not touched for an hour, is removed unasked.
 */
import { readdir, rm } from "node:fs/promises"
import { dirname, join } from "node:path"
import type { Clock } from "../../base/clock.ts"
import { shellWord } from "../../base/shell-word.ts"
import { ok, warn, type Check } from "./check.ts"
import { statIfThere } from "./stat.ts"

export interface LeftoverDeps {
  readonly home: string
  readonly stateDir: string
  readonly executable: string
  readonly clock: Clock
  /** Where the first launchd agents wrote their streams: `/tmp`. */
  readonly tmp: string
}

export function leftoverCheck(deps: LeftoverDeps): Check {
  return {
    name: "leftovers",
    async look() {
      const [own, foreign] = await Promise.all([findOwn(deps), findForeign(deps)])
      const [first] = own
      if (first !== undefined) {
        return warn(`${own.length} temporary files, such as ${first}`, "tina-daemon doctor --fix")
      }
      if (foreign.length === 0) return ok("none")
      const words = foreign.map(shellWord).join(" ")
      return warn(`of an earlier version: ${foreign.join(", ")}`, `rm -r ${words}`)
    },
    async mend() {
      for (const path of await findOwn(deps)) await rm(path, { recursive: true, force: true })
    },
  }
}

const oldMs = 3_600_000

/** Temporary files of atomic writes, and the directories in which an upgrade is unpacked. */
async function findOwn({ stateDir, executable, clock }: LeftoverDeps): Promise<readonly string[]> {
  const found = await Promise.all([
    matching(stateDir, /^\..+\.[0-9a-f-]{36}\.tmp$/),
    matching(dirname(executable), /^\.tina-daemon-\w{6}$/),
    matching(dirname(executable), /^tina-daemon\.new\.\d+$/),
  ])
  const paths = found.flat()
  const isOld = await Promise.all(
    paths.map(async (path) => {
      const stats = await statIfThere(path)
      return stats !== undefined && clock.now() - stats.mtimeMs > oldMs
    }),
  )
  return paths.filter((_path, index) => isOld[index])
}

async function matching(directory: string, form: RegExp): Promise<readonly string[]> {
  const names = await readdir(directory).catch(() => [])
  return names.filter((name) => form.test(name)).map((name) => join(directory, name))
}

async function findForeign({ home, tmp }: LeftoverDeps): Promise<readonly string[]> {
  const paths = [
    join(tmp, "tina-daemon.stdout.log"),
    join(tmp, "tina-daemon.stderr.log"),
    join(home, ".local", "share", "tina", "daemon.pid"),
    join(home, "Library", "Application Support", "tina", "daemon.pid"),
  ]
  const stats = await Promise.all(paths.map(statIfThere))
  return paths.filter((_path, index) => stats[index] !== undefined)
}
