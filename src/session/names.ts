/** The names that things of an orchestration get. They are made here and never taken apart again. */
import { TinaError } from "../base/errors.ts"

const featureForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/

/** A feature's name becomes part of paths, branches and tmux targets. TinaError `usage`. */
export function checkFeature(feature: string): string {
  if (featureForm.test(feature) && !feature.includes("..")) return feature
  const rule =
    "letters, digits, dots, dashes and underscores, at most 80, not beginning with a dash"
  throw new TinaError("usage", `cannot use the feature name ${JSON.stringify(feature)}: ${rule}`)
}

export function orchestrationTeam(feature: string): string {
  return `${feature}-orchestration`
}

export function phaseTeam(feature: string, phase: string): string {
  return `${feature}-phase-${phase}`
}

/** The directory that Claude Code is expected to make for a team: it has no dots in such names. */
export function localDirName(team: string): string {
  return team.replaceAll(".", "-")
}

export function orchestrationSession(feature: string): string {
  return tmuxName(`tina-${feature}-orchestration`)
}

export function phaseSession(feature: string, phase: string): string {
  return tmuxName(`tina-${feature}-phase-${phase}`)
}

/** tmux itself turns dots and colons into underscores, because they separate the parts of a target. */
function tmuxName(name: string): string {
  return name.replaceAll(/[.:]/g, "_")
}
