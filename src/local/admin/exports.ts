/**
 * Exports, as Convex's command line asks for them: requested, written to a file beside the deployment's, downloaded. The newest is
 * kept until the next one or the end of the deployment.
 */
import { createWriteStream } from "node:fs"
import { mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"
import { refusal } from "../engine/failure.ts"
import type { EngineInside } from "../engine/engine.ts"
import { exportsTable } from "../engine/migrate.ts"
import { createSystemRows } from "../engine/system-rows.ts"
import { type JsonObject, int64ToJson } from "../values/json.ts"

export interface Exports {
  /** Begins one. */
  readonly request: () => Promise<void>
  /** The archive that was begun at this timestamp, or nothing. */
  readonly file: (timestamp: string) => string | undefined
}

export interface ExportsDeps extends Pick<EngineInside, "stores" | "transactor"> {
  readonly onDefect: (error: unknown) => void
  /** The deployment's file. */
  readonly path: string
  readonly directory: string
}

export function createExports(deps: ExportsDeps): Exports {
  const { stores, transactor, path, directory } = deps
  const rows = createSystemRows(stores, exportsTable)
  let running = false
  let newest: { readonly timestamp: string; readonly file: string } | undefined

  async function setState(id: string, fields: JsonObject): Promise<void> {
    await transactor.writeAlone(({ transaction }) => {
      rows.patch(transaction, id, fields)
      return Promise.resolve()
    })
  }

  async function write(id: string, timestamp: string): Promise<void> {
    const file = join(directory, `${timestamp}.zip`)
    try {
      if (newest !== undefined) await rm(newest.file, { force: true })
      newest = undefined
      await mkdir(directory, { recursive: true, mode: 0o700 })
      // What makes archives is loaded by those who want one: each start of a deployment would pay for it.
      const { exportZip } = await import("../transfer/export-zip.ts")
      await pipeline(exportZip(path).stream, createWriteStream(file, { mode: 0o600 }))
      newest = { timestamp, file }
      const complete = int64ToJson(stores.clock.committed())
      await setState(id, { state: "completed", complete_ts: complete, zip_object_key: timestamp })
    } catch {
      await rm(file, { force: true })
      await setState(id, { state: "failed" }).catch(deps.onDefect)
    } finally {
      running = false
    }
  }

  async function begin(): Promise<void> {
    const timestamp = stores.clock.committed()
    const row = { state: "in_progress", format: "zip", start_ts: int64ToJson(timestamp) }
    const id = await transactor.writeAlone(({ transaction }) =>
      Promise.resolve(rows.insert(transaction, row)),
    )
    void write(id, String(timestamp))
  }

  return {
    request: async () => {
      if (running) throw refusal("ExportInProgress", "ExportInProgress")
      running = true
      try {
        await begin()
      } catch (error) {
        running = false
        throw error
      }
    },
    file: (timestamp) => (newest?.timestamp === timestamp ? newest.file : undefined),
  }
}
