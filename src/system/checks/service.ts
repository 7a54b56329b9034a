/** The installed service: whether its file is one that this version writes, and whether it is loaded. */
import { existsSync } from "node:fs"
import type { RunCommand } from "../command.ts"
import { isServiceLoaded, loadedRivals, readServiceFile } from "../install.ts"
import type { ServicePlatform } from "../service-platform.ts"
import { fail, ok, warn, type Check } from "./check.ts"

export interface ServiceDeps {
  readonly platform: ServicePlatform
  readonly run: RunCommand
}

export function serviceChecks(deps: ServiceDeps): readonly Check[] {
  return [serviceCheck(deps), rivalCheck(deps)]
}

function serviceCheck(deps: ServiceDeps): Check {
  const { platform } = deps
  return {
    name: "service",
    async look(signal) {
      const content = readServiceFile(platform)
      if (content === undefined) return ok("not installed: tina-daemon install starts it at login")
      const executable = platform.readExecutable(content)
      if (executable === undefined || platform.readVariable(content, "PATH") === undefined) {
        return warn(`${platform.file} was not written by this program`, "tina-daemon install")
      }
      if (!existsSync(executable)) {
        return fail(`${platform.file} starts ${executable}, which is gone`, "tina-daemon install")
      }
      if (await isServiceLoaded(deps, signal)) return ok(`${platform.name} runs ${executable}`)
      return warn("it is installed, and stopped", "tina-daemon install")
    },
  }
}

/** Other daemons that work on the same files. */
function rivalCheck(deps: ServiceDeps): Check {
  return {
    name: "other daemons",
    async look(signal) {
      const [rival] = await loadedRivals(deps, signal)
      if (rival === undefined) return ok("none is loaded")
      return fail(`${rival} is loaded too, on the same files`, deps.platform.removeRival(rival))
    },
  }
}
