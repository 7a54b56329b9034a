/**
 * What is in the local deployment's file: whether its indexes have exactly what its documents say, and whether the documents fit this version's
 * schema. It is read beside a daemon that may be writing; indexes are written anew only while none runs.
 */
import { existsSync } from "node:fs"
import type { StatePaths } from "../../config/paths.ts"
import { TinaError } from "../../base/errors.ts"
import { isLockHeld } from "../instance.ts"
import { acquireLock } from "../lock.ts"
import { type Check, fail, ok, warn } from "./check.ts"

/** How to look into the file, where `path` is that file. */
export interface LocalDataTools {
  /** One sentence for each way in which it is damaged. */
  readonly check: (path: string) => readonly string[]
  readonly rebuildIndexes: (path: string) => void
  readonly findInvalidDocuments: (path: string) => readonly {
    readonly table: string
    readonly id: string
    readonly problem: string
  }[]
}

export function localDataChecks(paths: StatePaths, tools: LocalDataTools): readonly Check[] {
  return [indexCheck(paths, tools), documentCheck(paths, tools)]
}

function indexCheck(paths: StatePaths, { check, rebuildIndexes }: LocalDataTools): Check {
  const path = paths.deployment
  return {
    name: "local indexes",
    async look() {
      if (!existsSync(path)) return ok("not made yet")
      const problems = check(path)
      const [first] = problems
      if (first === undefined) return ok("they agree with the documents")
      return fail(`${problems.length} problems, such as: ${first}`, "tina-daemon doctor --fix")
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
      const invalid = tools.findInvalidDocuments(path)
      const [first] = invalid
      if (first === undefined) return ok("all fit this version")
      const { table, id, problem } = first
      const example = `${id} of ${table}: ${problem}`
      const message = `${invalid.length} do not fit this version and are kept as they are, such as ${example}`
      return warn(message, `tina-daemon deployment data ${table}`)
    },
  }
}
