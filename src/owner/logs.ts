/** How the functions of a deployment ended, followed by a cursor. */
import { z } from "zod"
import { type DeploymentAccess, adminJson } from "./request.ts"

const entry = z.object({
  identifier: z.string(),
  udfType: z.string(),
  /** Seconds since 1970. */
  timestamp: z.number(),
  executionTime: z.number().default(0),
  logLines: z.array(z.string()).catch([]),
  error: z.string().nullish(),
})
const page = z.object({ entries: z.array(entry), newCursor: z.number() })

export type LogEntry = z.infer<typeof entry>
export type LogPage = z.infer<typeof page>

/** What came after the cursor; from 0 what is still known. Waits for something to come where nothing has. */
export async function readLogs(access: DeploymentAccess, cursor: number): Promise<LogPage> {
  const path = `/api/stream_function_logs?cursor=${cursor}`
  return await adminJson(access, { method: "GET", path }, page)
}
