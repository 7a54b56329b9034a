/**
 * A deployment's documents in Convex's own export format: for each table one document to a line, as Convex JSON, ids and
 * creation times included. It reads one snapshot of the file, whoever writes meanwhile, a few hundred documents at a time.
 */
import { Readable } from "node:stream"
import { ZipFile } from "yazl"
import type { Table } from "../storage/catalog.ts"
import { documentTexts } from "../storage/read-documents.ts"
import { openSnapshot, userTables } from "./snapshot.ts"

export interface ZipExport {
  /** The archive. Destroying it ends the export. */
  readonly stream: NodeJS.ReadableStream
  readonly tables: readonly string[]
  /** How many documents have been written so far. */
  readonly documents: () => number
}

const CHUNK_CHARACTERS = 256 * 1024
/** Says that values are encoded in one way, with no need of a schema to read them. */
const GENERATED_SCHEMA = '"uniform"\n'
const README = `# Convex snapshot

Each folder is a table, with one document in each line of documents.jsonl. Import it with

    npx convex import snapshot.zip
    tina-daemon deployment import snapshot.zip
`

/** TinaError `io` when the file cannot be read. */
export function exportZip(path: string): ZipExport {
  const database = openSnapshot(path)
  const tables = userTables(database)
  const zip = new ZipFile()
  let documents = 0
  let isOver = false

  function addTable(table: Table): void {
    zip.addBuffer(Buffer.from(GENERATED_SCHEMA), `${table.name}/generated_schema.jsonl`)
    zip.addReadStreamLazy(`${table.name}/documents.jsonl`, (callback) => {
      const lines = chunksOf(countedTexts(table))
      callback(null, Readable.from(lines, { objectMode: false }))
    })
  }

  /** The archive asks for the next table also when its stream is over, because the disk is full or the reader gone. */
  function* countedTexts(table: Table): Generator<string> {
    if (isOver) return
    for (const { value } of documentTexts(database, table)) {
      documents += 1
      yield value
      if (isOver) return
    }
  }

  zip.addBuffer(Buffer.from(README), "README.md")
  const list = tables.map(({ name, number }) => `${JSON.stringify({ name, id: number })}\n`)
  zip.addBuffer(Buffer.from(list.join("")), "_tables/documents.jsonl")
  for (const table of tables) addTable(table)
  zip.end()
  const stream = zip.outputStream
  stream.once("close", () => {
    isOver = true
    database.close()
  })
  zip.on("error", (error) => !isOver && stream.emit("error", error))
  return { stream, tables: tables.map(({ name }) => name), documents: () => documents }
}

function* chunksOf(texts: Iterable<string>): Generator<Buffer> {
  let chunk = ""
  for (const text of texts) {
    chunk += `${text}\n`
    if (chunk.length < CHUNK_CHARACTERS) continue
    yield Buffer.from(chunk)
    chunk = ""
  }
  if (chunk !== "") yield Buffer.from(chunk)
}
