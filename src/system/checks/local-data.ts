/**
 * What is in the local deployment's file: whether its indexes have exactly what its documents say, and whether the documents fit this version's
 * schema. It is read beside a daemon that may be writing; indexes are written anew only while none runs.
 */
import { existsSync } from "node:fs"
import { letOthersRun } from "../../base/async.ts"
import type { StatePaths } from "../../config/paths.ts"
import { TinaError } from "../../base/errors.ts"
import { isLockHeld } from "../instance.ts"
import { acquireLock } from "../lock.ts"
import { type Check, fail, ok, warn } from "./check.ts"

/** How to look into the file, where `path` is that file. */
export interface LocalDataTools {
  /** One sentence for each place where an index does not say what the documents say. */
  readonly indexProblems: (path: string) => InPieces<string>
  readonly rebuildIndexes: (path: string) => void
  readonly invalidDocuments: (path: string) => InPieces<{
    readonly table: string
    readonly id: string
    readonly problem: string
  }>
}

/** What is found, and `undefined` now and then, where others may go first. */
type InPieces<T> = Iterable<T | undefined>

interface Looked<T> {
  readonly found: readonly T[]
  /** Whether it came to the end in the time that there was. */
  readonly isComplete: boolean
}

/** A check has more; what is left is for the others. */
const longestMs = 8_000
const mostFound = 100

async function lookThrough<T>(pieces: InPieces<T>): Promise<Looked<T>> {
  const until = performance.now() + longestMs
  const found: T[] = []
  for (const piece of pieces) {
    if (piece !== undefined) found.push(piece)
    else await letOthersRun()
    if (found.length === mostFound || performance.now() > until) return { found, isComplete: false }
  }
  return { found, isComplete: true }
}

export function localDataChecks(paths: StatePaths, tools: LocalDataTools): readonly Check[] {
  return [indexCheck(paths, tools), documentCheck(paths, tools)]
}

function indexCheck(paths: StatePaths, { indexProblems, rebuildIndexes }: LocalDataTools): Check {
  const path = paths.deployment
  return {
    name: "local indexes",
    async look() {
      if (!existsSync(path)) return ok("not made yet")
      const { found, isComplete } = await lookThrough(indexProblems(path))
      const [first] = found
      if (first === undefined) return ok(`they agree with the documents${asFar(isComplete)}`)
      return fail(`${found.length} problems, such as: ${first}`, "tina-daemon doctor --fix")
    },
    async mend() {
      if (isLockHeld(paths)) {
        throw new TinaError("conflict", `cannot mend ${path}: the daemon is running`, {
          hint: "tina-daemon stop; tina-daemon doctor --fix; tina-daemon start",
        })
      }
      using _lock = acquireLock(paths)
      rebuildIndexes(path)
    },
  }
}

function documentCheck({ deployment: path }: StatePaths, tools: LocalDataTools): Check {
  return {
    name: "local documents",
    async look() {
      if (!existsSync(path)) return ok("not made yet")
      const { found, isComplete } = await lookThrough(tools.invalidDocuments(path))
      const [first] = found
      if (first === undefined) return ok(`all fit this version${asFar(isComplete)}`)
      const { table, id, problem } = first
      const example = `${id} of ${table}: ${problem}`
      const message = `${found.length} do not fit this version and are kept as they are, such as ${example}`
      return warn(message, `tina-daemon deployment data ${table}`)
    },
  }
}

function asFar(isComplete: boolean): string {
  return isComplete ? "" : ", as far as there was time to look"
}
