/** Looks at task files: a whole directory when it is first read, single files after that. */
import { join } from "node:path"
import { parseClaudeTask } from "../model/claude-task.ts"
import { isLink, listDirectory } from "./directory.ts"
import type { TaskDirectory } from "./knowledge.ts"
import { isTaskFile } from "./layout.ts"
import type { LookDeps, SourceLook } from "./look.ts"
import { noStamp } from "./read-json.ts"
import { taskKey, type Value, valueKey } from "./promise.ts"
import { taskValue, vanishedTask } from "./task-values.ts"

/** Undefined when the directory says nothing: gone, unreadable, or of no known team. */
export function lookAtTaskDir(dir: string, deps: LookDeps): SourceLook | undefined {
  const path = join(deps.paths.tasks, dir)
  if (!deps.knowledge.taskDirs.has(dir) && isLink(path)) return undefined
  const listing = listDirectory(path)
  if (listing.status === "unreadable") {
    deps.retries.unreadable(path, listing.reason)
    return undefined
  }
  deps.retries.settled(path)
  if (listing.status === "missing") {
    deps.knowledge.taskDirs.delete(dir)
    return undefined
  }
  const known = deps.knowledge.taskDirs.get(dir)
  const directory: TaskDirectory = known ?? { stamps: new Map(), read: false }
  deps.knowledge.taskDirs.set(dir, directory)
  const team = deps.knowledge.attribution.teamByTaskDir.get(dir)
  if (team === undefined) return undefined
  directory.read = true
  const gone = filesPromised(dir, team, deps).filter((file) => !listing.files.includes(file))
  return readFiles(dir, team, directory, [...listing.files.filter(isTaskFile), ...gone], deps)
}

export function lookAtTaskFiles(
  dir: string,
  files: readonly string[],
  deps: LookDeps,
): SourceLook[] {
  const team = deps.knowledge.attribution.teamByTaskDir.get(dir)
  const directory = deps.knowledge.taskDirs.get(dir)
  if (team === undefined || directory === undefined) return []
  return [readFiles(dir, team, directory, files, deps)]
}

/** The files behind what was promised of this directory and still stands. */
function filesPromised(dir: string, team: string, deps: LookDeps): string[] {
  return [...deps.promised.all(`tasks/${dir}`).values()].flatMap(({ value, ended }) =>
    value.kind === "task" && value.team === team && !ended ? [`${value.taskId}.json`] : [],
  )
}

function readFiles(
  dir: string,
  team: string,
  directory: TaskDirectory,
  files: readonly string[],
  deps: LookDeps,
): SourceLook {
  const desired = new Map<string, Value | undefined>()
  const modifiedMsByKey = new Map<string, number>()
  for (const file of files) {
    const seen = readTask(dir, team, file, directory, deps)
    if (seen === undefined) continue
    desired.set(seen.key, seen.value)
    if (seen.modifiedMs !== undefined) modifiedMsByKey.set(seen.key, seen.modifiedMs)
  }
  return { source: `tasks/${dir}`, whole: false, desired, modifiedMsByKey }
}

interface SeenTask {
  readonly key: string
  readonly value: Value | undefined
  readonly modifiedMs?: number
}

/** Undefined when nothing can be said of the file now. */
function readTask(
  dir: string,
  team: string,
  file: string,
  directory: TaskDirectory,
  deps: LookDeps,
): SeenTask | undefined {
  const path = join(deps.paths.tasks, dir, file)
  const target = { kind: "taskFile" as const, dir, file }
  const taskId = file.slice(0, -".json".length)
  const reading = deps.read(path, target)
  if (reading.status === "missing") {
    directory.stamps.delete(file)
    if (!deps.retries.vanished(target, path)) return undefined
    deps.retries.settled(path)
    return vanished(dir, team, taskId, deps)
  }
  directory.stamps.set(file, reading.stamp ?? noStamp)
  if (reading.status === "unreadable") {
    deps.retries.unreadable(path, reading.reason)
    return undefined
  }
  if (reading.status === "malformed") {
    deps.retries.malformed(target, path, reading.reason)
    return undefined
  }
  const parsed = parseClaudeTask(reading.json, taskId)
  if (!parsed.ok) {
    deps.retries.malformed(target, path, parsed.reason)
    return undefined
  }
  deps.retries.settled(path)
  const value = taskValue(team, parsed.value)
  return { key: valueKey(value), value, modifiedMs: reading.modifiedMs }
}

/** A directory that is gone keeps its tasks as they were; a file that is gone ended its task. */
function vanished(dir: string, team: string, taskId: string, deps: LookDeps): SeenTask | undefined {
  if (listDirectory(join(deps.paths.tasks, dir)).status !== "listed") return undefined
  const key = taskKey(team, taskId)
  return { key, value: vanishedTask(deps.promised.get(`tasks/${dir}`, key)) }
}
