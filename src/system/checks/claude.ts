/**
 * Claude Code as this machine has it: its directory, how its teams are named there, and whether it writes
 * task files at all. Facts of versions are kept here and nowhere else.
 */
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { z } from "zod"
import { reasonOf, systemCodeOf } from "../../base/errors.ts"
import { readFileLimited } from "../../base/files.ts"
import { parseJson } from "../../base/json.ts"
import { shellWord } from "../../base/shell-word.ts"
import type { RunCommand } from "../command.ts"
import { fail, ok, warn, type Check, type Finding } from "./check.ts"

export interface ClaudeDeps {
  /** Claude's directory, as the configuration has it. */
  readonly claudeDir: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly run: RunCommand
}

export function claudeChecks(deps: ClaudeDeps): readonly Check[] {
  return [directoryCheck(deps), teamsCheck(deps), taskToolsCheck(deps)]
}

function directoryCheck({ claudeDir, env }: ClaudeDeps): Check {
  return {
    name: "Claude's directory",
    async look() {
      const own = env["CLAUDE_CONFIG_DIR"]
      if (own !== undefined && own !== "" && own !== claudeDir) {
        return warn(
          `${claudeDir} is watched, but Claude Code uses ${own} here (CLAUDE_CONFIG_DIR)`,
          `CLAUDE_CONFIG_DIR=${shellWord(own)} tina-daemon install`,
        )
      }
      const entries = await readNames(claudeDir)
      if (typeof entries !== "string") return ok(claudeDir)
      if (entries === "ENOENT") return warn(`there is no ${claudeDir}`, "claude")
      return fail(`cannot read ${claudeDir}: ${entries}`, `ls -ld ${shellWord(claudeDir)}`)
    },
  }
}

/** Since this version every session has one team, named after it; before, teams had names of their own. */
const sessionTeamsSince = "2.1.178"

function teamsCheck({ claudeDir }: ClaudeDeps): Check {
  return {
    name: "teams",
    async look() {
      const names = await readNames(join(claudeDir, "teams"))
      if (names === "ENOENT") return ok("none yet")
      if (typeof names === "string") return fail(`cannot read the teams: ${names}`)
      const sessions = names.filter((name) => name.startsWith("session-")).length
      return ok(
        `${names.length}, of which ${sessions} named after a session (Claude Code ${sessionTeamsSince} and newer)`,
      )
    },
  }
}

/** Since this version newer models get the task tools only with the variable below. */
const taskToolsOffSince = "2.1.233"
const taskToolsVariable = "CLAUDE_CODE_ENABLE_TODO_TOOLS"

function taskToolsCheck(deps: ClaudeDeps): Check {
  return {
    name: "task tools",
    async look(signal) {
      const answer = await deps.run(["claude", "--version"], signal)
      const version = /\d+\.\d+\.\d+/.exec(answer.stdout)?.[0]
      if (!answer.ok || version === undefined) return ok("not known without claude")
      return judgeTaskTools(version, deps)
    },
  }
}

function judgeTaskTools(version: string, { claudeDir, env }: ClaudeDeps): Finding {
  if (Bun.semver.order(version, taskToolsOffSince) < 0) return ok(`on (Claude Code ${version})`)
  const settings = join(claudeDir, "settings.json")
  if (env[taskToolsVariable] === "1" || readSettingsEnv(settings)[taskToolsVariable] === "1") {
    return ok(`turned on by ${taskToolsVariable} (Claude Code ${version})`)
  }
  const message = `Claude Code ${version} gives newer models no task tools, so there may be no tasks to show`
  return warn(
    `${message}; set ${taskToolsVariable} to 1 under "env" in ${settings}`,
    `export ${taskToolsVariable}=1`,
  )
}

const settingsSchema = z.object({ env: z.record(z.string(), z.string()).optional() })

/** Claude Code's own file: whatever is wrong with it is not ours to say. */
function readSettingsEnv(path: string): Readonly<Record<string, string>> {
  const outcome = readFileLimited(path, 1024 * 1024)
  if (outcome.status !== "read") return {}
  const parsed = parseJson(new TextDecoder().decode(outcome.bytes))
  return (parsed.ok ? settingsSchema.safeParse(parsed.value).data?.env : undefined) ?? {}
}

/** The names in a directory, or the system's code for why there are none. */
async function readNames(path: string): Promise<readonly string[] | string> {
  try {
    return await readdir(path)
  } catch (error) {
    return systemCodeOf(error) ?? reasonOf(error)
  }
}
