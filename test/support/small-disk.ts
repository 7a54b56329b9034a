/** A small file system of its own, to be filled. It takes the right to mount one: root on Linux. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

export interface SmallDisk extends Disposable {
  /** Leaves not a byte free. */
  fill(): void
  /** Takes back what `fill` wrote. */
  empty(): void
  /** Nothing may have a file on it open for writing. */
  setReadOnly(isReadOnly: boolean): void
}

export const canMountDisk = process.platform === "linux" && process.getuid?.() === 0

/** Mounts one at `path`, which is made if it is missing. */
export function mountSmallDisk(path: string, megabytes: number): SmallDisk {
  mkdirSync(path, { recursive: true })
  run("mount", "-t", "tmpfs", "-o", `size=${megabytes}m,mode=0700`, "tina-test", path)
  const ballast = join(path, "ballast")
  return {
    fill() {
      for (let size = 1 << 20; size >= 512; size /= 2) {
        const bytes = new Uint8Array(size)
        while (canAppend(ballast, bytes)) {}
      }
    },
    empty: () => rmSync(ballast),
    setReadOnly: (isReadOnly) => run("mount", "-o", `remount,${isReadOnly ? "ro" : "rw"}`, path),
    [Symbol.dispose]: () => run("umount", "-l", path),
  }
}

function canAppend(path: string, bytes: Uint8Array): boolean {
  try {
    writeFileSync(path, bytes, { flag: "a" })
    return true
  } catch {
    return false
  }
}

function run(...argv: [string, ...string[]]): void {
  const { exitCode, stderr } = Bun.spawnSync(argv)
  if (exitCode !== 0) throw new Error(stderr.toString())
}
