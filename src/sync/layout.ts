/**
 * Where the watched state lives, and what a path below it means. Only names at fixed depths are read here;
 * who a team belongs to is never told by its name.
 */
import { join } from "node:path"
import { sidecarName } from "../model/sidecar.ts"

export type RootKind = "teams" | "tasks" | "lookups" | "worktree"

export interface WatchRoot {
  readonly kind: RootKind
  readonly path: string
}

/** What a changed path asks to look at again. */
export type Target =
  | { readonly kind: "team"; readonly dir: string }
  | { readonly kind: "taskFile"; readonly dir: string; readonly file: string }
  | { readonly kind: "taskDir"; readonly dir: string }
  | { readonly kind: "worktree"; readonly path: string }
  | { readonly kind: "lookups" }

export const teamFile = "config.json"
export const stateFile = join(".claude", "tina", "supervisor-state.json")
const stateName = "supervisor-state.json"

export interface ClaudePaths {
  readonly teams: string
  readonly tasks: string
  readonly lookups: string
}

export function claudePaths(claudeDir: string): ClaudePaths {
  return {
    teams: join(claudeDir, "teams"),
    tasks: join(claudeDir, "tasks"),
    lookups: join(claudeDir, "tina-sessions"),
  }
}

export function worktreeRoot(worktree: string): WatchRoot {
  return { kind: "worktree", path: join(worktree, ".claude", "tina") }
}

/** Task files end in `.json` and are not hidden: `.lock`, `.highwatermark` and temporary files are not tasks. */
export function isTaskFile(name: string): boolean {
  return name.endsWith(".json") && !name.startsWith(".")
}

/** What `path`, relative to its root, asks to look at again; undefined when it means nothing to us. */
export function targetOf(root: WatchRoot, path: string): Target | undefined {
  const [first = "", second, third] = path.split("/")
  if (first === "") return undefined
  switch (root.kind) {
    case "teams":
      if (second === undefined) return { kind: "team", dir: first }
      return third === undefined && (second === teamFile || second === sidecarName)
        ? { kind: "team", dir: first }
        : undefined
    case "tasks":
      if (second === undefined) return { kind: "taskDir", dir: first }
      return third === undefined && isTaskFile(second)
        ? { kind: "taskFile", dir: first, file: second }
        : undefined
    case "lookups":
      return { kind: "lookups" }
    case "worktree":
      return first === stateName
        ? { kind: "worktree", path: join(root.path, "..", "..") }
        : undefined
  }
}

/** A target's identity, so that it waits at most once. */
export function targetKey(target: Target): string {
  switch (target.kind) {
    case "team":
    case "taskDir":
      return `${target.kind}:${target.dir}`
    case "taskFile":
      return `taskFile:${target.dir}/${target.file}`
    case "worktree":
      return `worktree:${target.path}`
    case "lookups":
      return "lookups"
  }
}
