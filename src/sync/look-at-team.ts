/** Looks at one team directory: its roster and its sidecar. Changes only what is known of that team. */
import { join } from "node:path"
import { type ClaudeTeam, parseClaudeTeam, type Parsed } from "../model/claude-team.ts"
import { parseSidecar, type Sidecar, sidecarName } from "../model/sidecar.ts"
import { bornMsOf, isDirectory, isLink, stampText } from "./directory.ts"
import type { KnownTeam } from "./knowledge.ts"
import { type Target, targetKey, teamFile } from "./layout.ts"
import { linkTeam, type LinkSources } from "./link.ts"
import type { LookDeps } from "./look.ts"

type FileLook<T> =
  | { readonly status: "read"; readonly value: T }
  | { readonly status: "missing" }
  /** Not to be had now; what was known before stands. */
  | { readonly status: "unknown" }

/** The two files of a team directory as one stamp. */
export function stampTeam(teamsDir: string, dir: string): string {
  const path = join(teamsDir, dir)
  return `${stampText(path, teamFile)} ${stampText(path, sidecarName)}`
}

/** `gone`: the directory is not there any more. `unknown`: nothing can be said now. */
export type TeamLook =
  | { readonly status: "found"; readonly team: KnownTeam }
  | { readonly status: "gone" }
  | { readonly status: "unknown" }

export function lookAtTeam(dir: string, sources: LinkSources, deps: LookDeps): TeamLook {
  const path = join(deps.paths.teams, dir)
  const target: Target = { kind: "team", dir }
  // The scan lists no links either: a team that is linked to would be there twice.
  if (!deps.knowledge.teams.has(dir) && isLink(path)) return { status: "gone" }
  deps.knowledge.stamps.set(targetKey(target), stampTeam(deps.paths.teams, dir))
  const roster = lookAtFile(join(path, teamFile), target, parseClaudeTeam, deps)
  const sidecar = lookAtFile(join(path, sidecarName), target, parseSidecar, deps)
  if (sidecar.status === "missing") deps.retries.settled(join(path, sidecarName))
  if (roster.status === "missing") return rosterMissing(dir, path, deps)
  if (roster.status === "unknown") return { status: "unknown" }
  return found(dir, path, roster.value, sidecar, sources, deps)
}

function rosterMissing(dir: string, path: string, deps: LookDeps): TeamLook {
  const known = deps.knowledge.teams.get(dir)?.found !== undefined
  const file = join(path, teamFile)
  const mayComeBack = known && isDirectory(path)
  if (mayComeBack && !deps.retries.vanished({ kind: "team", dir }, file))
    return { status: "unknown" }
  deps.retries.settled(file)
  return { status: "gone" }
}

function found(
  dir: string,
  path: string,
  team: ClaudeTeam,
  sidecar: FileLook<Sidecar>,
  sources: LinkSources,
  deps: LookDeps,
): TeamLook {
  const before = deps.knowledge.teams.get(dir)
  const known = sidecar.status === "unknown" ? before?.found?.sidecar : undefined
  const onDisk = { dir, team, sidecar: sidecar.status === "read" ? sidecar.value : known }
  const isSidecarUnread = sidecar.status === "unknown" && known === undefined
  const link = isSidecarUnread
    ? (before?.link ?? { linked: false as const, reason: `its ${sidecarName} cannot be read` })
    : linkTeam(onDisk, sources)
  const bornMs = before?.bornMs ?? bornMsOf(path)
  return {
    status: "found",
    team: { dir, found: onDisk, bornMs, leadSessionId: team.leadSessionId, link, isSidecarUnread },
  }
}

function lookAtFile<T>(
  path: string,
  target: Target,
  parse: (json: unknown) => Parsed<T>,
  deps: LookDeps,
): FileLook<T> {
  const reading = deps.read(path, target)
  if (reading.status === "unreadable") {
    deps.retries.unreadable(path, reading.reason)
    return { status: "unknown" }
  }
  if (reading.status === "missing") return { status: "missing" }
  const parsed =
    reading.status === "read" ? parse(reading.json) : { ok: false as const, reason: reading.reason }
  if (!parsed.ok) {
    deps.retries.malformed(target, path, parsed.reason)
    return { status: "unknown" }
  }
  deps.retries.settled(path)
  return { status: "read", value: parsed.value }
}
