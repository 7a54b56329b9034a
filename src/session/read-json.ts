/** Small JSON files of other programs, and the names in a directory: absent is an answer, never an error. */
import { readdirSync } from "node:fs"
import { systemCodeOf } from "../base/errors.ts"
import { readFileLimited } from "../base/files.ts"

/** The value in the text; undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The value in the file; undefined when it is missing, unreadable, too large, or no JSON. */
export function readJsonFile(path: string, maxBytes: number): unknown {
  const reading = readFileLimited(path, maxBytes)
  return reading.status === "read" ? parseJson(new TextDecoder().decode(reading.bytes)) : undefined
}

/** In the order of their names; none when there is no such directory, or it cannot be read. */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort()
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error
    return []
  }
}
