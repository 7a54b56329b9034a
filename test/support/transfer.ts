/** Export and import of a test deployment over the API that Convex's command line uses. */
import { readFile, writeFile } from "node:fs/promises"
import { buffer, text } from "node:stream/consumers"
import { openPromise } from "yauzl"
import { ZipFile } from "yazl"
import { adminFetch } from "./admin-request.ts"
import { eventually } from "./eventually.ts"
import type { TestDeployment } from "./local-deployment.ts"

export interface ImportOutcome {
  readonly state: string
  readonly message: string
  readonly written: number
}

interface ImportOptions {
  readonly mode?: "requireEmpty" | "append" | "replace" | "replaceAll"
  readonly format?: "zip" | "jsonLines" | "jsonArray" | "csv"
  readonly table?: string
}

interface State {
  readonly state: string
  readonly error_message?: string
  readonly num_rows_written?: { readonly $integer: string }
  readonly start_ts?: { readonly $integer: string }
}

async function systemQuery(deployment: TestDeployment, path: string, args: object): Promise<State> {
  const body = JSON.stringify({ path, args, format: "convex_encoded_json" })
  const response = await adminFetch(deployment, "/api/query", { body })
  const { value }: { value: State & { readonly state: State | string } } = JSON.parse(
    await response.text(),
  )
  return typeof value.state === "string" ? { ...value, state: value.state } : value.state
}

export async function exportTo(deployment: TestDeployment, path: string): Promise<void> {
  await adminFetch(deployment, "/api/export/request/zip?includeStorage=false")
  let state: State | undefined
  await eventually(async () => {
    state = await systemQuery(deployment, "_system/cli/exports:getLatest", {})
    return state.state === "completed"
  })
  const timestamp = integerOf(state?.start_ts)
  const response = await adminFetch(deployment, `/api/export/zip/${timestamp}`, { method: "GET" })
  await writeFile(path, await response.bytes())
}

export async function importFrom(
  deployment: TestDeployment,
  path: string,
  { mode = "requireEmpty", format = "zip", table }: ImportOptions = {},
): Promise<ImportOutcome> {
  async function post<T>(route: string, body?: string | Uint8Array<ArrayBuffer>): Promise<T> {
    const response = await adminFetch(deployment, route, body === undefined ? {} : { body })
    const answer: T = JSON.parse(await response.text())
    return answer
  }
  const { uploadToken } = await post<{ uploadToken: string }>("/api/import/start_upload")
  const part = await post<string>(
    `/api/import/upload_part?uploadToken=${uploadToken}&partNumber=1`,
    new Uint8Array(await readFile(path)),
  )
  const request = { mode, format, tableName: table }
  const { importId } = await post<{ importId: string }>(
    "/api/import/finish_upload",
    JSON.stringify({ import: request, uploadToken, partTokens: [part] }),
  )
  let state: State = { state: "uploaded" }
  await eventually(
    async () => {
      state = await systemQuery(deployment, "_system/cli/queryImport", { importId })
      if (state.state === "waiting_for_confirmation") {
        await post("/api/perform_import", JSON.stringify({ importId }))
      }
      return state.state === "completed" || state.state === "failed"
    },
    { withinMs: 20_000 },
  )
  return {
    state: state.state,
    message: state.error_message ?? "",
    written: Number(integerOf(state.num_rows_written)),
  }
}

/** An archive of these files. */
export async function zipOf(
  files: Readonly<Record<string, string | Buffer>>,
  { compress = true } = {},
): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, content] of Object.entries(files)) {
    zip.addBuffer(Buffer.from(content), name, { compress })
  }
  zip.end()
  return await buffer(zip.outputStream)
}

function integerOf(value: { readonly $integer: string } | undefined): bigint {
  return value === undefined ? 0n : Buffer.from(value.$integer, "base64").readBigInt64LE()
}

/** The files of an archive as text. */
export async function filesOf(path: string): Promise<Readonly<Record<string, string>>> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false })
  const files: Record<string, string> = {}
  for await (const entry of zip.eachEntry()) {
    files[entry.fileName] = await text(await zip.openReadStreamPromise(entry))
  }
  zip.close()
  return files
}
