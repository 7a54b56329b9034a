/** Room on the disk of the state directory: without it nothing can be recorded. */
import { statfs } from "node:fs/promises"
import { existsSync } from "node:fs"
import { dirname } from "node:path"
import { shellWord } from "../../base/shell-word.ts"
import { fail, formatBytes, ok, warn, type Check } from "./check.ts"

export interface DiskSpace {
  readonly freeBytes: number
  /** Files that can still be made; undefined where the file system has no such limit. */
  readonly freeFiles: number | undefined
}

export type ReadDiskSpace = (path: string) => Promise<DiskSpace>

export async function readDiskSpace(path: string): Promise<DiskSpace> {
  const { bavail, bsize, files, ffree } = await statfs(path)
  return { freeBytes: bavail * bsize, freeFiles: files === 0 ? undefined : ffree }
}

const tooLittle = 100e6
const little = 1e9
const fewFiles = 1_000

export function diskCheck(stateDir: string, read: ReadDiskSpace = readDiskSpace): Check {
  return {
    name: "disk space",
    async look() {
      const place = nearestExisting(stateDir)
      const { freeBytes, freeFiles } = await read(place)
      const fix = `df -h ${shellWord(place)}`
      const free = `${formatBytes(freeBytes)} free`
      if (freeBytes < tooLittle) return fail(`only ${free}`, fix)
      if (freeFiles !== undefined && freeFiles < fewFiles) {
        return fail(`only ${freeFiles} more files can be made`, `df -i ${shellWord(place)}`)
      }
      return freeBytes < little ? warn(`only ${free}`, fix) : ok(free)
    },
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path))
}
