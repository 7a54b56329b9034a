/**
 * Which directories the kernel watches for this process, as the kernel itself tells (Linux). A watch that has the
 * same name as before has been there without a break. Elsewhere, and where nothing can be told, there is none.
 */
import { readdirSync, readFileSync, readlinkSync, statfsSync } from "node:fs"
import { systemCodeOf } from "../base/errors.ts"

/** Names of watches by the identity of the directory. */
export type KernelWatches = ReadonlyMap<string, string>

export const noWatches: KernelWatches = new Map()

/** `statfs` types of file systems that nobody but this kernel writes to: ext, XFS, Btrfs, F2FS, ZFS, tmpfs. */
const localTypes = new Set([0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x2fc12fc1, 0x01021994])

/** IN_MODIFY: without it a watch says nothing of a file that is written over. */
const modify = 0x2
const watchLine = /^inotify wd:([0-9a-f]+) ino:([0-9a-f]+) sdev:([0-9a-f]+) mask:([0-9a-f]+)/gm

export function readKernelWatches(): KernelWatches {
  const watches = new Map<string, string>()
  for (const fd of inotifyDescriptors()) {
    for (const [, wd, ino, sdev, mask] of infoOf(fd).matchAll(watchLine)) {
      if ((parseInt(mask ?? "", 16) & modify) !== 0) watches.set(`${ino}:${sdev}`, `${fd}:${wd}`)
    }
  }
  return watches
}

/** The identity under which the kernel tells of a directory. */
export function kernelIdentity({ dev, ino }: { readonly dev: number; readonly ino: number }) {
  const major = (dev >> 8) & 0xfff
  const minor = (dev & 0xff) | ((dev >> 12) & 0xfff00)
  return `${ino.toString(16)}:${((major << 20) | minor).toString(16)}`
}

/** Whether every write below `path` is one that the kernel can tell of. False when it cannot be asked. */
export function isLocal(path: string): boolean {
  return ask(() => localTypes.has(statfsSync(path).type)) ?? false
}

function inotifyDescriptors(): string[] {
  const all = ask(() => readdirSync("/proc/self/fd")) ?? []
  return all.filter((fd) => ask(() => readlinkSync(`/proc/self/fd/${fd}`))?.endsWith(":inotify"))
}

function infoOf(fd: string): string {
  return ask(() => readFileSync(`/proc/self/fdinfo/${fd}`, "utf8")) ?? ""
}

function ask<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error
    return undefined
  }
}
