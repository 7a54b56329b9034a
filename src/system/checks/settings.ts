/** The configuration: whether the daemon would start with it, and whether others may read what is private. */
import { chmod, stat } from "node:fs/promises"
import type { TinaError } from "../../base/errors.ts"
import { shellWord } from "../../base/shell-word.ts"
import type { Config } from "../../config/config.ts"
import type { StatePaths } from "../../config/paths.ts"
import { fail, ok, warn, type Check } from "./check.ts"
import { formatMode, statIfThere } from "./stat.ts"

export type LoadedConfig =
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly error: TinaError }

export function configCheck(loaded: LoadedConfig): Check {
  return {
    name: "configuration",
    async look() {
      if (!loaded.ok) return fail(loaded.error.message, loaded.error.hint)
      const { file, profile, deployment } = loaded.config
      const goal = deployment.kind === "local" ? "a deployment of its own" : deployment.url
      return ok(`${file ?? "no file, defaults"} (${profile}): ${goal}`)
    },
  }
}

/** The loader asks for 0600 only where a token is inside; the directory is private in any case. */
export function stateDirectoryCheck({ dir }: Pick<StatePaths, "dir">): Check {
  return {
    name: "state directory",
    async look() {
      const stats = await statIfThere(dir)
      if (stats === undefined) return ok(`${dir} is made at the first start`)
      if (!stats.isDirectory())
        return fail(`${dir} is not a directory`, `mv ${shellWord(dir)} ${shellWord(`${dir}.old`)}`)
      if (stats.uid !== process.getuid?.()) {
        return fail(`${dir} belongs to another user`, `ls -ld ${shellWord(dir)}`)
      }
      const mode = stats.mode & 0o777
      if (mode === 0o700) return ok(dir)
      const shown = formatMode(stats)
      return warn(`${dir} is open to others (mode ${shown})`, `chmod 700 ${shellWord(dir)}`)
    },
    async mend() {
      const stats = await stat(dir)
      if (stats.isDirectory() && stats.uid === process.getuid?.()) await chmod(dir, 0o700)
    },
  }
}
