/** How a team works through its tasks: who is free takes the next one that nothing blocks, until all are done. */
import type { PlayedTeam } from "./played-team.ts"
import type { Stage } from "./stage.ts"
import type { StoryTask } from "./stories/story.ts"

type Workers = readonly [string, ...string[]]

/** Adds the tasks in their order, blocked by those that they come after. Returns their ids. */
export async function addTasks(team: PlayedTeam, tasks: readonly StoryTask[]): Promise<string[]> {
  const ids: string[] = []
  for (const [index, { after = [], ...task }] of tasks.entries()) {
    const blockedBy = after.flatMap((place) => ids[place] ?? [])
    const metadata = { task_number: index + 1, model: "sonnet", review_policy: "task_and_phase" }
    ids.push(await team.tasks.add({ ...task, blockedBy, metadata }))
  }
  return ids
}

/** Yields after each thing that somebody did, and ends when no task is open. */
export async function* workThrough(
  stage: Stage,
  team: PlayedTeam,
  { ids, workers }: { readonly ids: readonly string[]; readonly workers: Workers },
): AsyncGenerator<void, void> {
  const isOpen = (id: string) => team.tasks.get(id)?.status !== "completed"
  const taskByWorker = new Map<string, string>()
  while (ids.some(isOpen)) {
    const worker = stage.random.pick(workers)
    const current = taskByWorker.get(worker)
    if (current === undefined) {
      const taken = await takeNext(team, worker, ids)
      if (taken !== undefined) taskByWorker.set(worker, taken)
    } else if (stage.random.chance(0.6)) {
      await finish(team, worker, current)
      taskByWorker.delete(worker)
    }
    yield
  }
}

async function takeNext(
  team: PlayedTeam,
  worker: string,
  ids: readonly string[],
): Promise<string | undefined> {
  const isDone = (id: string) => team.tasks.get(id)?.status === "completed"
  const id = ids.find((candidate) => {
    const task = team.tasks.get(candidate)
    return task?.status === "pending" && task.blockedBy.every(isDone)
  })
  if (id === undefined) {
    await team.tell(
      "team-lead",
      worker,
      JSON.stringify({ type: "idle_notification", from: worker }),
    )
    return undefined
  }
  await team.tasks.change(id, { status: "in_progress", owner: worker })
  await team.tell(worker, "team-lead", JSON.stringify({ type: "task_assignment", taskId: id }))
  return id
}

async function finish(team: PlayedTeam, worker: string, id: string): Promise<void> {
  await team.tasks.change(id, { status: "completed" })
  await team.tell("team-lead", worker, `Task ${id} is done, the tests pass.`)
}
