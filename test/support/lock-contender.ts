/** A process that tries to take a lock, says how that went, and holds it until it is killed. */
import { TinaError } from "../../src/base/errors.ts"
import { statePaths } from "../../src/config/paths.ts"
import { acquireLock } from "../../src/system/lock.ts"

const [dir = ""] = process.argv.slice(2)
try {
  const lock = acquireLock(statePaths(dir))
  console.log("won")
  // What holds it must not be collected.
  setInterval(() => lock, 60_000)
} catch (error) {
  console.log(error instanceof TinaError ? error.code : error)
}
