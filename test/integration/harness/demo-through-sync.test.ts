import { expect, test } from "bun:test"
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { playDemo } from "../../../src/harness/demo.ts"
import type { Document } from "../../../src/model/document.ts"
import { eventually } from "../../support/eventually.ts"
import { runSync } from "../../support/sync-run.ts"
import { tmpHome } from "../../support/tmp-home.ts"

function ofKind<K extends Document["kind"]>(documents: readonly Document[], kind: K) {
  return documents.filter((each): each is Extract<Document, { kind: K }> => each.kind === kind)
}

test("the sync follows a played feature from its first plan to the end", async () => {
  await using home = await tmpHome()
  await mkdir(home.stateDir, { recursive: true })
  const { claudeDir, stateDir } = home
  await using run = await runSync({ claudeDir, stateDir })
  const projectDir = join(home.path, "project")
  const { signal } = new AbortController()
  const played = playDemo({ claudeDir, projectDir, signal, speed: 60, once: true })

  // What is asked for is taken out of the queue, where a newer document would replace it.
  const feature = { kind: "orchestration", featureName: "api-rate-limits", status: "complete" }
  await eventually(() => ofKind(run.sent(), "orchestration").some(matches(feature)), {
    what: "the end of the feature",
    withinMs: 25_000,
  })
  await played
  const key = ofKind(run.sent(), "orchestration").find(matches(feature))?.key ?? ""
  await eventually(() => openTasks(run.sent(), key).length === 0, { what: "every task's end" })

  const sent = run.sent()
  const teams = Map.groupBy(ofKind(sent, "team"), ({ linkedBy }) => linkedBy)
  const phases = (teams.get("sidecar") ?? []).map(({ phaseNumber }) => phaseNumber)
  expect(new Set(phases)).toEqual(new Set(["1", "1.5", "2", "3"]))
  expect(new Set(teams.get("registry")?.map(({ dir }) => dir))).toEqual(
    new Set(["api-rate-limits-orchestration"]),
  )
  expect(teams.get("adopted")?.length).toBeGreaterThan(0)
  expect(run.problems()).toEqual([])
}, 40_000)

function matches(wanted: Record<string, unknown>) {
  return (document: Document) => Bun.deepMatch(wanted, document)
}

/** What the newest documents say of the orchestration's tasks that are not done. */
function openTasks(sent: readonly Document[], orchestration: string): string[] {
  const dirs = new Set(
    ofKind(sent, "team").flatMap((team) => (team.orchestration === orchestration ? team.dir : [])),
  )
  const newest = new Map(
    ofKind(sent, "task").map((task) => [`${task.team} #${task.taskId}`, task] as const),
  )
  return [...newest].flatMap(([name, { team, status }]) =>
    dirs.has(team) && !["completed", "deleted"].includes(status) ? name : [],
  )
}
