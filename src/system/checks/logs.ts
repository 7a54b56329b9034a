/** The directory of the logs: private, writable, and not filled by what is printed outside of our own log. */
import { access, constants, readdir } from "node:fs/promises"
import { join } from "node:path"
import { shellWord } from "../../base/shell-word.ts"
import { fail, formatBytes, ok, warn, type Check } from "./check.ts"
import { statIfThere } from "./stat.ts"

/** Our own log rotates; a launchd stream does not. */
const largeBootLog = 50e6

export function logCheck(logs: string): Check {
  return {
    name: "logs",
    async look() {
      const stats = await statIfThere(logs)
      if (stats === undefined) return ok(`${logs} is made at the first start`)
      if (!stats.isDirectory())
        return fail(`${logs} is not a directory`, `ls -ld ${shellWord(logs)}`)
      if (!(await isWritable(logs))) {
        return fail(`${logs} cannot be written`, `chmod u+rwx ${shellWord(logs)}`)
      }
      return await judgeSizes(logs)
    },
  }
}

async function judgeSizes(logs: string) {
  const sizes = await Promise.all((await readdir(logs)).map((name) => sizeOf(join(logs, name))))
  const total = sizes.reduce((sum, { size }) => sum + size, 0)
  const large = sizes.find(
    ({ path, size }) => /boot\.(out|err)\.log$/.test(path) && size > largeBootLog,
  )
  if (large === undefined) return ok(`${logs} (${formatBytes(total)})`)
  return warn(`${large.path} has ${formatBytes(large.size)}`, `: > ${shellWord(large.path)}`)
}

async function sizeOf(path: string) {
  const stats = await statIfThere(path)
  return { path, size: stats?.size ?? 0 }
}

async function isWritable(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}
