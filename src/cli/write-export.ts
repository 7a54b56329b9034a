/** Writes an export to a file: whole, or not at all, for its owner alone. */
import { createWriteStream } from "node:fs"
import { rename, rm } from "node:fs/promises"
import { pipeline } from "node:stream/promises"
import { TinaError, reasonOf } from "../base/errors.ts"
import type { CommandContext } from "./command.ts"
import { localTools } from "./owner-link.ts"

export interface Exported {
  readonly tables: number
  readonly documents: number
}

/** `path`: the deployment's file. TinaError `io`. */
export async function writeExport(
  path: string,
  target: string,
  context: CommandContext,
): Promise<Exported> {
  const { exportZip } = await localTools(context)
  const temporary = `${target}.${crypto.randomUUID()}.tmp`
  const { stream, tables, documents } = exportZip(path)
  try {
    const file = createWriteStream(temporary, { mode: 0o600, flags: "wx" })
    await pipeline(stream, file, { signal: context.signal })
    await rename(temporary, target)
    return { tables: tables.length, documents: documents() }
  } catch (error) {
    await rm(temporary, { force: true })
    context.signal.throwIfAborted()
    throw new TinaError("io", `cannot write ${target}: ${reasonOf(error)}`, { cause: error })
  }
}
