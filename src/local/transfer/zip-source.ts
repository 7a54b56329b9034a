/**
 * An archive in Convex's export format, opened for reading: which tables are in it, under which numbers, and their documents. The
 * archive is hostile until it has been read: sizes are held against its directory, names are looked at and never used as paths.
 */
import { Transform } from "node:stream"
import { crc32 } from "node:zlib"
import { type Entry, type ZipFile, openPromise } from "yauzl"
import { z } from "zod"
import { reasonOf } from "../../base/errors.ts"
import { refusal } from "../engine/failure.ts"
import { readJsonLines } from "./json-lines.ts"
import { type TableSource, isTableName } from "./table-source.ts"

const tableRow = z.object({ name: z.string(), id: z.int().positive().optional() })
const MOST_ENTRIES = 20_000
const MOST_SCHEMA_BYTES = 64 * 1024

export interface ZipSource extends Disposable {
  readonly tables: readonly TableSource[]
}

/** Throws a refusal when it is no archive, or has what cannot be imported. */
export async function openZip(path: string): Promise<ZipSource> {
  const zip = await openArchive(path)
  try {
    const entries = await readDirectory(zip)
    refuseUnsupported(entries)
    const numbers = await readTables(zip, entries.get("_tables/documents.jsonl"))
    const tables: TableSource[] = []
    for (const [name, entry] of entries) {
      const table = /^([^/]+)\/documents\.jsonl$/.exec(name)?.[1]
      if (table === undefined || table.startsWith("_")) continue
      if (!isTableName(table)) throw refusal(`"${table}" cannot be the name of a table`)
      await refuseOldFormat(zip, table, entries.get(`${table}/generated_schema.jsonl`))
      tables.push({ name: table, number: numbers.get(table), documents: () => lines(zip, entry) })
    }
    if (tables.length === 0)
      throw refusal("The archive has no table: no file TABLE/documents.jsonl")
    return { tables, [Symbol.dispose]: () => zip.close() }
  } catch (error) {
    zip.close()
    throw error
  }
}

async function openArchive(path: string): Promise<ZipFile> {
  try {
    return await openPromise(path, { lazyEntries: true, autoClose: false })
  } catch (error) {
    throw refusal(`It is not a ZIP archive: ${reasonOf(error)}`)
  }
}

async function readDirectory(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>()
  try {
    for await (const entry of zip.eachEntry()) {
      entries.set(entry.fileName, entry)
      if (entries.size > MOST_ENTRIES) throw new Error("it has too many files")
    }
  } catch (error) {
    throw refusal(`The archive is damaged: ${reasonOf(error)}`)
  }
  return entries
}

function refuseUnsupported(entries: ReadonlyMap<string, Entry>): void {
  for (const [name, { uncompressedSize }] of entries) {
    if (uncompressedSize === 0) continue
    if (name.startsWith("_storage/")) {
      throw refusal(
        "File storage is not supported by the local deployment: export without --include-file-storage",
      )
    }
    if (name.startsWith("_components/") && name.endsWith("/documents.jsonl")) {
      throw refusal("Components are not supported by the local deployment")
    }
  }
}

async function readTables(
  zip: ZipFile,
  entry: Entry | undefined,
): Promise<ReadonlyMap<string, number>> {
  const numbers = new Map<string, number>()
  if (entry === undefined) return numbers
  for await (const line of lines(zip, entry)) {
    const row = tableRow.safeParse(line)
    if (!row.success) throw refusal("_tables/documents.jsonl is not a list of tables")
    if (row.data.id !== undefined) numbers.set(row.data.name, row.data.id)
  }
  return numbers
}

/** Exports of 2025 and before encoded values by a schema of their own, where they had any that JSON lacks. */
async function refuseOldFormat(
  zip: ZipFile,
  table: string,
  entry: Entry | undefined,
): Promise<void> {
  if (entry === undefined) return
  if (entry.uncompressedSize > MOST_SCHEMA_BYTES) throw oldFormat(table)
  const text = await readText(zip, entry)
  if (/int64|bytes|normalized|nonnormal|special/i.test(text)) throw oldFormat(table)
}

function oldFormat(table: string): Error {
  return refusal(
    `${table}/generated_schema.jsonl says that values are encoded as older exports did: export again with a current Convex`,
  )
}

async function readText(zip: ZipFile, entry: Entry): Promise<string> {
  const parts: Buffer[] = []
  const stream: AsyncIterable<Uint8Array> = await zip.openReadStreamPromise(entry)
  for await (const part of stream) parts.push(Buffer.from(part))
  return Buffer.concat(parts).toString("utf8")
}

async function* lines(zip: ZipFile, entry: Entry): AsyncGenerator {
  const stream = await zip.openReadStreamPromise(entry)
  const checked = checksumOf(entry)
  stream.on("error", (error) => checked.destroy(error))
  try {
    yield* readJsonLines(stream.pipe(checked), entry.fileName)
  } finally {
    stream.destroy()
    checked.destroy()
  }
}

/** Passes everything on, and fails at the end when it is not what was put into the archive. */
function checksumOf(entry: Entry): Transform {
  let sum = 0
  return new Transform({
    transform(chunk: Uint8Array, _encoding, callback) {
      sum = crc32(chunk, sum)
      callback(null, chunk)
    },
    flush: (callback) =>
      callback(sum === entry.crc32 ? null : new Error("its checksum is not the archive's")),
  })
}
