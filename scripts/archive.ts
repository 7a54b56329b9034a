/**
 * The archive of a release: the same files give the same bytes, whoever packs them and whenever. Owner,
 * times and order say nothing about the machine.
 */
import { gzipSync } from "node:zlib"
import { createTar } from "nanotar"

export interface ArchiveFile {
  readonly name: string
  readonly data: Uint8Array
  readonly isExecutable?: boolean
}

/** 1980-01-01, the first day that every archive format can name. */
const mtime = Date.UTC(1980, 0, 1)

/** A `.tar.gz` with the files in one directory. */
export function packArchive(directory: string, files: readonly ArchiveFile[]): Uint8Array {
  const attrs = { uid: 0, gid: 0, mtime }
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const tar = createTar(
    sorted.map(({ name, data, isExecutable = false }) => ({
      name: `${directory}/${name}`,
      data,
      attrs: { ...attrs, mode: isExecutable ? "755" : "644" },
    })),
  )
  const bytes = gzipSync(tar, { level: 9 })
  // Byte 9 names the system on which it was packed; 255 is "unknown".
  bytes[9] = 255
  return bytes
}

export function sha256(data: Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(data).digest("hex")
}
