/**
 * Imports a file into a deployment, whichever it is: uploads it in parts, agrees to what the deployment says it will do, and waits for
 * the end, which is all of it or nothing.
 */
import { type FileHandle, open } from "node:fs/promises"
import { sleep } from "../base/async.ts"
import { z } from "zod"
import { TinaError, reasonOf, systemCodeOf } from "../base/errors.ts"
import { systemQuery } from "./functions.ts"
import { type DeploymentAccess, adminJson, adminRequest } from "./request.ts"

export const importFormats = ["zip", "jsonLines", "jsonArray", "csv"] as const
export type ImportFormat = (typeof importFormats)[number]
export type ImportMode = "requireEmpty" | "append" | "replace" | "replaceAll"

export interface ImportWanted {
  readonly path: string
  readonly format: ImportFormat
  readonly mode: ImportMode
  /** Of every format but `zip`. */
  readonly table?: string | undefined
}

export type ImportProgress =
  | { readonly step: "upload"; readonly sent: number; readonly bytes: number }
  /** What is about to be done, in the deployment's words. */
  | { readonly step: "confirm"; readonly message: string }
  | { readonly step: "write"; readonly message: string }

export interface ImportOptions {
  readonly onProgress: (progress: ImportProgress) => void
  /** Asked once everything is uploaded and looked through; nothing is changed when it says no. */
  readonly confirm: (message: string) => Promise<boolean>
  /** The command that may help when the deployment refuses. */
  readonly hint?: string
}

/** Parts but the last have at least this size, and there are fewer than ten thousand. */
const PART_BYTES = 5 * 1024 * 1024
const MOST_PARTS = 9999
const LOOK_EVERY_MS = 100

const integer = z.union([z.number(), z.object({ $integer: z.string() })])
const importState = z.object({
  state: z.discriminatedUnion("state", [
    z.object({ state: z.literal("uploaded") }),
    z.object({
      state: z.literal("waiting_for_confirmation"),
      message_to_confirm: z.string().default(""),
      require_manual_confirmation: z.boolean().default(true),
    }),
    z.object({ state: z.literal("in_progress"), progress_message: z.string().nullish() }),
    z.object({ state: z.literal("completed"), num_rows_written: integer }),
    z.object({ state: z.literal("failed"), error_message: z.string() }),
  ]),
})

/**
 * Returns how many documents were written. TinaError `not_found` or `io` when the file cannot be read, `usage` with the
 * deployment's reason when it refuses it.
 */
export async function importFile(
  access: DeploymentAccess,
  wanted: ImportWanted,
  options: ImportOptions,
): Promise<number> {
  const importId = await upload(access, wanted, options)
  let confirmed = false
  for (;;) {
    const { state } = await systemQuery(
      access,
      { path: "_system/cli/queryImport", args: { importId } },
      importState,
    )
    if (state.state === "completed") return toNumber(state.num_rows_written)
    if (state.state === "failed") throw refused(state.error_message, options.hint)
    if (state.state === "waiting_for_confirmation" && !confirmed) {
      const { message_to_confirm: message, require_manual_confirmation: mustAsk } = state
      options.onProgress({ step: "confirm", message })
      if (mustAsk && message !== "" && !(await options.confirm(message))) {
        throw refused("it was not confirmed")
      }
      await adminRequest(access, {
        method: "POST",
        path: "/api/perform_import",
        body: { importId },
      })
      confirmed = true
    }
    if (state.state === "in_progress") {
      options.onProgress({ step: "write", message: state.progress_message ?? "Importing" })
    }
    await sleep(LOOK_EVERY_MS, access.signal)
  }
}

async function upload(
  access: DeploymentAccess,
  { path, format, mode, table }: ImportWanted,
  { onProgress }: Pick<ImportOptions, "onProgress">,
): Promise<string> {
  await using file = await openFile(path)
  const { size } = await file.stat()
  const started = { method: "POST", path: "/api/import/start_upload" } as const
  const { uploadToken } = await adminJson(access, started, z.object({ uploadToken: z.string() }))
  const partTokens: unknown[] = []
  let sent = 0
  for await (const bytes of partsOf(file, Math.max(PART_BYTES, Math.ceil(size / MOST_PARTS)))) {
    const query = new URLSearchParams({ uploadToken, partNumber: `${partTokens.length + 1}` })
    const part = { method: "POST", path: `/api/import/upload_part?${query}`, body: bytes } as const
    partTokens.push(await adminJson(access, part, z.unknown()))
    sent += bytes.length
    onProgress({ step: "upload", sent, bytes: size })
  }
  const body = { import: { tableName: table, mode, format }, uploadToken, partTokens }
  const finish = { method: "POST", path: "/api/import/finish_upload", body } as const
  const finished = await adminJson(access, finish, z.object({ importId: z.string() }))
  return finished.importId
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    const file = await open(path)
    if (!(await file.stat()).isDirectory()) return file
    await file.close()
  } catch (error) {
    const isMissing = systemCodeOf(error) === "ENOENT"
    const reason = isMissing ? "there is no such file" : reasonOf(error)
    const code = isMissing ? "not_found" : "io"
    throw new TinaError(code, `cannot read ${path}: ${reason}`, { cause: error })
  }
  throw new TinaError("io", `cannot read ${path}: it is a directory`)
}

/** At least one, of exactly this size but for the last. */
async function* partsOf(file: FileHandle, size: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let held = new Uint8Array(size)
  let length = 0
  let any = false
  const stream: AsyncIterable<Uint8Array> = file.createReadStream({
    highWaterMark: 1024 * 1024,
    autoClose: false,
  })
  for await (const chunk of stream) {
    let offset = 0
    while (offset < chunk.length) {
      const taken = Math.min(size - length, chunk.length - offset)
      held.set(chunk.subarray(offset, offset + taken), length)
      length += taken
      offset += taken
      if (length < size) continue
      yield held
      any = true
      held = new Uint8Array(size)
      length = 0
    }
  }
  if (length > 0 || !any) yield held.slice(0, length)
}

function toNumber(value: z.infer<typeof integer>): number {
  if (typeof value === "number") return value
  return Number(Buffer.from(value.$integer, "base64").readBigInt64LE())
}

function refused(reason: string, hint?: string): TinaError {
  return new TinaError("usage", `cannot import: ${reason}`, hint === undefined ? {} : { hint })
}
