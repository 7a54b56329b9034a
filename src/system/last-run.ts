/** How the last daemon of a state directory ended, as its `state.json` tells whoever asks while none runs. */
import { z } from "zod"
import { readFileLimited } from "../base/files.ts"
import { parseJson } from "../base/json.ts"
import { lazy } from "../base/lazy.ts"
import type { StatePaths } from "../config/paths.ts"

const lastRunSchema = lazy(() =>
  z.object({
    /** `running`: it was killed, or the machine went down. `failed`: a defect ended it. */
    state: z.enum(["running", "stopped", "failed"]),
    last_heartbeat: z.iso.datetime(),
  }),
)

export interface LastRun {
  readonly ended: "stopped" | "failed" | "killed"
  /** ISO 8601; of one that was killed, its last sign of life. */
  readonly at: string
}

/** Undefined when there was none, or its file cannot be read. */
export function readLastRun({ state }: Pick<StatePaths, "state">): LastRun | undefined {
  const file = readFileLimited(state, 1 << 20)
  if (file.status !== "read") return undefined
  const json = parseJson(new TextDecoder().decode(file.bytes))
  const last = json.ok ? lastRunSchema().safeParse(json.value).data : undefined
  if (last === undefined) return undefined
  return { ended: last.state === "running" ? "killed" : last.state, at: last.last_heartbeat }
}
