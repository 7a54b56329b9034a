/**
 * The explicit link of a team to its orchestration: `tina-metadata.json` in the team's own directory, which
 * Claude Code makes and names. The team is found by that name or by the id of its lead's session.
 */
import { existsSync, statSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"
import { TinaError } from "../../base/errors.ts"
import { writeFileAtomic } from "../../base/files.ts"
import { namesIn, readJsonFile } from "../read-json.ts"

const sidecarName = "tina-metadata.json"
const maxConfigBytes = 10 * 1024 * 1024

export interface Sidecar {
  readonly orchestrationId: string
  readonly feature: string
  /** Null for the team that runs the whole orchestration. */
  readonly phase: string | null
  readonly worktree: string
}

export async function writeSidecar(directory: string, sidecar: Sidecar): Promise<string> {
  const path = join(directory, sidecarName)
  const fields = {
    orchestration_id: sidecar.orchestrationId,
    feature_name: sidecar.feature,
    phase_number: sidecar.phase,
    worktree_path: sidecar.worktree,
  }
  await writeFileAtomic(path, `${JSON.stringify(fields, null, 2)}\n`)
  return path
}

export function teamsDirectory(claudeDir: string): string {
  return join(claudeDir, "teams")
}

/** The directory of the team of this name, or with dots as dashes. TinaError `not_found`, `usage`. */
export function findTeamDirectory(claudeDir: string, team: string): string {
  if (team.includes("/") || team.startsWith(".")) {
    throw new TinaError(
      "usage",
      `cannot use the team ${JSON.stringify(team)}: it is no directory's name`,
    )
  }
  const teams = teamsDirectory(claudeDir)
  const names = [team, team.replaceAll(".", "-")]
  const path = names.map((name) => join(teams, name)).find(isDirectory)
  if (path !== undefined) return path
  throw new TinaError(
    "not_found",
    `cannot link the team ${team}: there is no ${join(teams, team)}`,
    {
      hint: `ls ${teams}`,
    },
  )
}

/** TinaError `not_found` if no team has this lead session, `conflict` if several have. */
export function findTeamByLead(claudeDir: string, sessionId: string): string {
  const teams = teamsDirectory(claudeDir)
  const found = namesIn(teams)
    .map((name) => join(teams, name))
    .filter((path) => leadSessionOf(path) === sessionId)
  const [only, ...others] = found
  if (only !== undefined && others.length === 0) return only
  const reason =
    only === undefined ? "no team has it" : `${found.length} teams have it: ${found.join(", ")}`
  const code = only === undefined ? "not_found" : "conflict"
  throw new TinaError(code, `cannot find the team of the lead session ${sessionId}: ${reason}`, {
    hint: `ls ${teams}`,
  })
}

export function leadSessionOf(teamDirectory: string): string | undefined {
  const config = z.object({ leadSessionId: z.string().min(1) })
  const json = readJsonFile(join(teamDirectory, "config.json"), maxConfigBytes)
  return config.safeParse(json).data?.leadSessionId
}

function isDirectory(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}
