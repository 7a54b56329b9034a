/** Making a directory where state is going to be kept. */
import { mkdir } from "node:fs/promises"
import { reasonOf, TinaError } from "../base/errors.ts"

/** Makes it and those above it; returns the first one that was missing, if any was. TinaError `io`. */
export async function makeDirectory(
  path: string,
  options: { readonly mode?: number } = {},
): Promise<string | undefined> {
  try {
    return await mkdir(path, { recursive: true, ...options })
  } catch (error) {
    throw new TinaError("io", `cannot make the directory ${path}: ${reasonOf(error)}`, {
      cause: error,
    })
  }
}
