/**
 * The part of Convex's HTTP API that its command line uses with the admin key: environment variables, logs, export and import. Who has
 * no admin key is refused before anything is read.
 */
import { z } from "zod"
import { reasonOf } from "../../base/errors.ts"
import type { Admin } from "../admin/admin.ts"
import type { Execution } from "../admin/function-logs.ts"
import { importRequest } from "../admin/imports.ts"
import type { Caller } from "../engine/answer.ts"
import { refusalCode } from "../engine/failure.ts"

export interface AdminRequest {
  readonly request: Request
  readonly url: URL
  readonly caller: Caller
}

type Route = (admin: Admin, request: Request, url: URL) => Promise<Response>

const LONGEST_WAIT_MS = 30_000

const routes: Readonly<Record<string, Route>> = {
  "POST /api/update_environment_variables": async (admin, request) => {
    await admin.changeVariables(variableChanges.parse(await request.json()).changes)
    return Response.json(null)
  },
  "GET /api/stream_function_logs": async ({ logs }, request, url) => {
    const cursor = z.coerce.number().parse(url.searchParams.get("cursor") ?? 0)
    const page = await logs.after(cursor, LONGEST_WAIT_MS, request.signal)
    return Response.json({ entries: page.executions.map(toEntry), newCursor: page.cursor })
  },
  "POST /api/export/request/zip": async ({ exports }) => {
    await exports.request()
    return Response.json(null)
  },
  "POST /api/import/start_upload": async ({ imports }) =>
    Response.json({ uploadToken: await imports.startUpload() }),
  "POST /api/import/upload_part": async ({ imports }, request, { searchParams }) => {
    const number = z.coerce.number().int().min(1).max(10_000).parse(searchParams.get("partNumber"))
    const bytes = await request.bytes()
    return Response.json(
      await imports.uploadPart(searchParams.get("uploadToken") ?? "", number, bytes),
    )
  },
  "POST /api/import/finish_upload": async ({ imports }, request) => {
    const importId = await imports.finishUpload(importRequest.parse(await request.json()))
    return Response.json({ importId })
  },
  "POST /api/perform_import": async ({ imports }, request) => {
    await imports.perform(z.object({ importId: z.string() }).parse(await request.json()).importId)
    return Response.json(null)
  },
}

const variableChanges = z.object({
  changes: z.array(z.object({ name: z.string(), value: z.string().nullish().default(null) })),
})

/** Undefined where the path is none of these. */
export async function answerAdmin(
  admin: Admin,
  { request, url, caller }: AdminRequest,
): Promise<Response | undefined> {
  const route = routes[`${request.method} ${url.pathname}`] ?? exportRoute(request, url)
  if (route === undefined) return undefined
  if (!caller.admin) return refused(403, "Forbidden", "This needs the deployment's admin key")
  try {
    return await route(admin, request, url)
  } catch (error) {
    const message = error instanceof z.ZodError ? z.prettifyError(error) : reasonOf(error)
    return refused(400, refusalCode(error) ?? "BadRequest", message)
  }
}

function exportRoute(request: Request, { pathname }: URL): Route | undefined {
  const timestamp = /^\/api\/export\/zip\/(\d+)$/.exec(pathname)?.[1]
  if (timestamp === undefined || request.method !== "GET") return undefined
  return ({ exports }) => {
    const file = exports.file(timestamp)
    if (file === undefined) {
      return Promise.resolve(refused(404, "NotFound", "There is no such export any more"))
    }
    const name = `attachment; filename=snapshot_${timestamp}.zip`
    const headers = { "content-type": "application/zip", "content-disposition": name }
    return Promise.resolve(new Response(Bun.file(file), { headers }))
  }
}

function refused(status: number, code: string, message: string): Response {
  return Response.json({ code, message }, { status })
}

/** Times in seconds, as Convex gives them. */
function toEntry({ at, path, kind, ms, lines, failure, requestId }: Execution) {
  return {
    kind: "Completion",
    identifier: path,
    udfType: kind.slice(0, 1).toUpperCase() + kind.slice(1),
    componentPath: null,
    logLines: lines,
    timestamp: at / 1000,
    executionTimestamp: (at - ms) / 1000,
    executionTime: ms / 1000,
    cachedResult: false,
    success: null,
    error: failure ?? null,
    requestId,
    executionId: requestId,
    willRetry: false,
    environment: "isolate",
    identityType: "unknown",
    caller: "unknown",
    usageStats: {},
  }
}
