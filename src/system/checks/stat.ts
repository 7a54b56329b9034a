/** Looking at a file that may not be there. */
import type { Stats } from "node:fs"
import { stat } from "node:fs/promises"
import { systemCodeOf } from "../../base/errors.ts"

/** Undefined where there is nothing; any other problem is thrown. */
export async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    const code = systemCodeOf(error)
    if (code !== "ENOENT" && code !== "ENOTDIR") throw error
    return undefined
  }
}

/** Permission bits as people write them: 0700. */
export function formatMode({ mode }: Stats): string {
  return (mode & 0o777).toString(8).padStart(4, "0")
}
