/** Small teams beside the orchestration, one after the other, that nothing links to it. */
import { createPlayedTeam, type PlayedTeam } from "./played-team.ts"
import { addTasks, workThrough } from "./play-work.ts"
import type { Stage } from "./stage.ts"
import { type AdHocStory, adHocStories } from "./stories/ad-hoc.ts"

/** One step of one team at each call of `next`; it never ends by itself. */
export async function* playAdHoc(stage: Stage): AsyncGenerator<void, void> {
  let previous: PlayedTeam | undefined
  for (;;) {
    for (const story of adHocStories) {
      const team = yield* playTeam(stage, story)
      await previous?.tasks.remove()
      previous = team
    }
  }
}

async function* playTeam(
  stage: Stage,
  { description, members: [first, ...others], tasks }: AdHocStory,
): AsyncGenerator<void, PlayedTeam> {
  const leadSessionId = stage.random.uuid()
  const dir = `session-${leadSessionId}`
  const cwd = stage.projectDir
  const team = await createPlayedTeam(stage, { name: dir, dir, leadSessionId, description, cwd })
  for (const name of [first, ...others]) {
    yield
    await team.join({ name, agentType: "general-purpose", model: "sonnet" })
  }
  const ids = await addTasks(team, tasks)
  yield* workThrough(stage, team, { ids, workers: [first, ...others] })
  for (const name of [first, ...others]) await team.leave(name)
  yield
  await team.disband()
  return team
}
