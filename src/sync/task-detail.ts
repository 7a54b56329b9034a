/** One task with its description, which the board leaves out. */
import type { TaskDetailView } from "../api/views.ts"
import { TinaError } from "../base/errors.ts"
import { compact } from "../model/tolerant.ts"
import type { Board } from "./board.ts"
import { taskKey } from "./promise.ts"
import type { Promises } from "./promises.ts"

/** `team` is a name or a directory; undefined when there is no such task. */
export function taskDetail(
  board: Board,
  promises: Promises,
  team: string,
  id: string,
): TaskDetailView | undefined {
  const line = board.tasks({ team, all: true }).find((task) => task.id === id)
  const dir = board.teams().find((view) => view.dir === team || view.name === team)?.dir
  if (line === undefined || dir === undefined) return undefined
  const key = taskKey(dir, id)
  const source = promises.sources().find((name) => promises.get(name, key) !== undefined)
  const value = source === undefined ? undefined : promises.get(source, key)?.value
  return compact({ ...line, description: value?.kind === "task" ? value.description : undefined })
}

export function noSuchTask(team: string, id: string): TinaError {
  return new TinaError("not_found", `cannot show task ${id} of ${team}: there is none`, {
    hint: "tina-daemon tasks --all",
  })
}
