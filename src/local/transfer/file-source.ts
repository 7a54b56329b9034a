/** The documents of one table from a file of the formats that Convex imports: JSON lines, a JSON array, or CSV. */
import { createReadStream } from "node:fs"
import { readFile, stat } from "node:fs/promises"
import { reasonOf } from "../../base/errors.ts"
import { parseJson } from "../../base/json.ts"
import { refusal } from "../engine/failure.ts"
import { readJsonLines } from "./json-lines.ts"
import { type TableSource, isTableName } from "./table-source.ts"
import type { ZipSource } from "./zip-source.ts"

export const importFormats = ["zip", "jsonLines", "jsonArray", "csv"] as const
export type ImportFormat = (typeof importFormats)[number]

export interface ImportFile {
  readonly path: string
  readonly format: ImportFormat
  /** Of every format but `zip`, which names its tables. */
  readonly table: string | undefined
}

const LARGEST_ARRAY_BYTES = 8 * 1024 * 1024

/** What there is to import. Throws a refusal where the file is not what it is said to be. */
export async function openImportFile({ path, format, table }: ImportFile): Promise<ZipSource> {
  if (format === "zip") {
    if (table !== undefined) throw refusal("A ZIP archive names its tables itself")
    const { openZip } = await import("./zip-source.ts")
    return await openZip(path)
  }
  if (table === undefined || !isTableName(table)) {
    throw refusal(`"${table ?? ""}" cannot be the name of a table`)
  }
  const source: TableSource = { name: table, documents: () => readers[format](path) }
  return { tables: [source], [Symbol.dispose]() {} }
}

const readers = {
  jsonLines: (path: string) => readJsonLines(createReadStream(path), "The file"),
  jsonArray: readArray,
  csv: readCsv,
} as const satisfies Readonly<Record<Exclude<ImportFormat, "zip">, (path: string) => unknown>>

async function* readArray(path: string): AsyncGenerator {
  const { size } = await stat(path)
  if (size > LARGEST_ARRAY_BYTES) {
    throw refusal("A JSON array may have at most 8 MiB: use JSON lines for more")
  }
  const json = parseJson(await readFile(path, "utf8"))
  if (!json.ok) throw refusal(`The file is not JSON: ${json.reason}`)
  if (!Array.isArray(json.value)) throw refusal("The file is not a JSON array")
  yield* json.value
}

/** A value is a number where it reads as one, else text. */
async function* readCsv(path: string): AsyncGenerator {
  const { parse: parseCsv } = await import("csv-parse")
  const rows = createReadStream(path).pipe(parseCsv({ columns: true, bom: true }))
  try {
    for await (const row of rows as AsyncIterable<Readonly<Record<string, string>>>) {
      yield Object.fromEntries(
        Object.entries(row).map(([field, text]) => [field, numberOrText(text)]),
      )
    }
  } catch (error) {
    throw refusal(`The file is not CSV with a header: ${reasonOf(error)}`)
  }
}

function numberOrText(text: string): number | string {
  const number = Number(text)
  return text.trim() !== "" && Number.isFinite(number) ? number : text
}
