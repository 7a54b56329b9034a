/**
 * Imports, as Convex's command line drives them: parts are uploaded, the file is looked through, the owner confirms, and everything
 * is written in one transaction of its own: all of it or nothing, also when the process dies. Other writes wait meanwhile.
 *
 *   uploaded -> waiting_for_confirmation -> in_progress -> completed | failed
 */
import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { z } from "zod"
import { refusal } from "../engine/failure.ts"
import type { EngineInside } from "../engine/engine.ts"
import { importsTable } from "../engine/migrate.ts"
import type { SchemaDefinition } from "../engine/schema.ts"
import { createSystemRows } from "../engine/system-rows.ts"
import { importFormats, openImportFile } from "../transfer/file-source.ts"
import { type ImportMode, countRemoved, importModes, loadTables } from "../transfer/load.ts"
import type { TableSource } from "../transfer/table-source.ts"
import { int64ToJson } from "../values/json.ts"

export const importRequest = z.object({
  import: z.object({
    tableName: z.string().nullish(),
    componentPath: z.string().nullish(),
    mode: z.enum(importModes),
    format: z.enum(importFormats),
  }),
  uploadToken: z.string(),
  partTokens: z.array(z.string()).min(1).max(10_000),
})
export type ImportRequest = z.infer<typeof importRequest>

export interface Imports {
  /** Returns the token of a new upload. */
  readonly startUpload: () => Promise<string>
  /** Returns the token of the part. */
  readonly uploadPart: (upload: string, number: number, bytes: Uint8Array) => Promise<string>
  /** Returns the id of the import, which then is looked through. */
  readonly finishUpload: (request: ImportRequest) => Promise<string>
  /** Begins to write an import that waits for this. */
  readonly perform: (id: string) => Promise<void>
}

export interface ImportsDeps extends Pick<EngineInside, "stores" | "transactor" | "refreshAll"> {
  readonly schema: SchemaDefinition | undefined
  /** For files that are being uploaded. */
  readonly directory: string
  readonly onDefect: (error: unknown) => void
}

interface Waiting {
  readonly path: string
  readonly request: ImportRequest["import"]
}

const token = /^[0-9a-f-]{36}$/
const partToken = /^\d{1,5}$/

export function createImports(deps: ImportsDeps): Imports {
  const { stores, transactor, directory, onDefect } = deps
  const rows = createSystemRows(stores, importsTable)
  const waiting = new Map<string, Waiting>()

  async function setState(
    id: string,
    state: Readonly<Record<string, never>> | object,
  ): Promise<void> {
    await transactor.writeAlone(({ transaction }) => {
      rows.patch(transaction, id, { state: { ...state } })
      return Promise.resolve()
    })
  }

  /** A step that fails leaves its reason in the row. */
  async function step(id: string, body: () => Promise<void>): Promise<void> {
    try {
      await body()
    } catch (error) {
      waiting.delete(id)
      const message = error instanceof Error ? error.message : String(error)
      await setState(id, { state: "failed", error_message: message }).catch(onDefect)
    }
  }

  function pathOf(upload: string): string {
    if (!token.test(upload)) throw refusal("There is no such upload")
    return join(directory, upload)
  }

  async function lookThrough(id: string, { path, request }: Waiting): Promise<void> {
    refuseComponent(request.componentPath)
    using file = await openImportFile({ path, ...formatOf(request) })
    const lines: string[] = []
    const removed = await transactor.between(() => countRemoved(stores, file.tables, request.mode))
    for (const source of file.tables) {
      const added = await countDocuments(source)
      lines.push(summaryLine(source.name, added, removed.get(source.name)))
    }
    const named = new Set(file.tables.map(({ name }) => name))
    for (const [name, count] of removed)
      if (!named.has(name)) lines.push(summaryLine(name, 0, count))
    await setState(id, {
      state: "waiting_for_confirmation",
      message_to_confirm: `Import change summary:\n${lines.join("\n")}`,
      require_manual_confirmation: [...removed.values()].some((count) => count > 0),
    })
  }

  async function write(id: string, { path, request }: Waiting): Promise<void> {
    using file = await openImportFile({ path, ...formatOf(request) })
    const written = await writeAll(deps, file.tables, request.mode)
    await deps.refreshAll()
    await setState(id, { state: "completed", num_rows_written: int64ToJson(BigInt(written)) })
    await rm(path, { recursive: true, force: true })
  }

  return {
    startUpload: async () => {
      const upload = crypto.randomUUID()
      await mkdir(pathOf(upload), { recursive: true, mode: 0o700 })
      return upload
    },
    uploadPart: async (upload, number, bytes) => {
      await writeFile(join(pathOf(upload), String(number)), bytes, { mode: 0o600 })
      return String(number)
    },
    finishUpload: async ({ import: request, uploadToken, partTokens }) => {
      const path = join(directory, `${crypto.randomUUID()}.import`)
      for (const part of partTokens) {
        if (!partToken.test(part)) throw refusal("There is no such part")
        const bytes = await readFile(join(pathOf(uploadToken), part))
        await appendFile(path, bytes, { mode: 0o600 })
      }
      await rm(pathOf(uploadToken), { recursive: true, force: true })
      const { tableName, mode, format } = request
      const row = { mode, format, tableName: tableName ?? null, state: { state: "uploaded" } }
      const id = await transactor.writeAlone(({ transaction }) =>
        Promise.resolve(rows.insert(transaction, row)),
      )
      const found: Waiting = { path, request }
      waiting.set(id, found)
      void step(id, () => lookThrough(id, found))
      return id
    },
    perform: async (id) => {
      const found = waiting.get(id)
      if (found === undefined) throw refusal(`There is no import ${id} that waits`)
      waiting.delete(id)
      await setState(id, {
        state: "in_progress",
        progress_message: "Importing",
        checkpoint_messages: [],
      })
      void step(id, () => write(id, found))
    },
  }
}

/** In one transaction; what had been imported when it failed is taken back, numbers of tables too. */
function writeAll(
  { stores, transactor, schema }: Pick<ImportsDeps, "stores" | "transactor" | "schema">,
  tables: readonly TableSource[],
  mode: ImportMode,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  transactor.write({
    session: undefined,
    exclusive: true,
    run: ({ transaction, turn }) =>
      transaction.atomically(() => loadTables({ stores, schema, turn }, tables, mode)),
    settle(outcome) {
      if (!outcome.kept) return reject(outcome.problem)
      // Before anybody else looks at what was committed.
      stores.catalog.reload()
      resolve(outcome.value)
    },
  })
  return promise
}

function formatOf({ format, tableName }: ImportRequest["import"]) {
  return { format, table: tableName ?? undefined }
}

function refuseComponent(path: string | null | undefined): void {
  if (path === null || path === undefined || path === "") return
  throw refusal("Components are not supported by the local deployment")
}

async function countDocuments({ documents }: TableSource): Promise<number> {
  let count = 0
  for await (const _ of documents()) count += 1
  return count
}

function summaryLine(name: string, added: number, removed = 0): string {
  return `${name}: ${added} to create, ${removed} to delete`
}
