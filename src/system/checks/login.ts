/**
 * Whether agents that a service starts are logged in. On macOS Claude Code keeps its login in the
 * keychain, which programs started by launchd often cannot read: everything works in a terminal, and
 * the service's agents get 401.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { RunCommand } from "../command.ts"
import { ok, warn, type Check } from "./check.ts"

export interface LoginDeps {
  readonly claudeDir: string
  readonly platform: NodeJS.Platform
  /** What the daemon's environment has; for a service that is not what this terminal's has. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isService: boolean
  readonly run: RunCommand
}

const tokenVariables = ["CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"]

export function loginCheck(deps: LoginDeps): Check {
  return {
    name: "Claude's login",
    async look(signal) {
      const variable = await findVariable(deps, signal)
      if (variable !== undefined) return ok(`by ${variable}`)
      const credentials = join(deps.claudeDir, ".credentials.json")
      if (existsSync(credentials)) return ok(credentials)
      if (deps.platform !== "darwin") return warn("nobody is logged in", "claude /login")
      if (!deps.isService) return ok("in the keychain, if anywhere")
      return warn(
        "a service often cannot use the login in the keychain: its agents would get 401",
        "claude setup-token; launchctl setenv CLAUDE_CODE_OAUTH_TOKEN THE_TOKEN; tina-daemon restart",
      )
    },
  }
}

/** The first of the variables that a program started there would have. */
async function findVariable(deps: LoginDeps, signal: AbortSignal): Promise<string | undefined> {
  for (const name of tokenVariables) {
    if ((deps.env[name] ?? "") !== "") return name
    if (deps.platform !== "darwin" || !deps.isService) continue
    const { stdout } = await deps.run(["launchctl", "getenv", name], signal)
    if (stdout.trim() !== "") return name
  }
  return undefined
}
