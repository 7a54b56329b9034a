/** The main job of the compiled binary, on a Claude directory in the shapes of old and new versions. */
import { mkdirSync, writeFileSync } from "node:fs"
import { expect, test } from "bun:test"
import { ConvexClient } from "convex/browser"
import { readAccess, startDaemon } from "../../bench/running-daemon.ts"
import { api } from "../../src/convex/_generated/api.js"
import { claudeTree } from "../support/claude-tree.ts"
import { deployedRows, type Detail } from "../support/deployed-rows.ts"
import { eventually } from "../support/eventually.ts"
import { tasksOnDisk } from "../support/files-on-disk.ts"
import { tmpHome } from "../support/tmp-home.ts"

const signal = () => AbortSignal.timeout(60_000)

test("an official client sees every change of every team, and tasks with equal ids never mixed", async () => {
  await using home = await tmpHome()
  const tree = claudeTree(home.claudeDir)
  for (const dir of ["auth-orchestration", "auth-phase-1-5", "session-1a2b3c4d"]) {
    tree.team(dir)
    for (const id of ["1", "2", "3"]) tree.task(dir, id, { subject: `${id} of ${dir}` })
  }
  await using daemon = await startDaemon(home, { signal: signal() })
  const { url, viewerToken: token } = await readAccess(home)
  const rows = deployedRows(url, token)
  const inSync = () =>
    eventually(async () => Bun.deepEquals(await rows.tasks(), tasksOnDisk(home.claudeDir)), {
      what: "the rows of the files",
      withinMs: 10_000,
    })
  await inSync()

  tree.task("session-1a2b3c4d", "1", { subject: "written in place", status: "in_progress" })
  tree.taskByRename("auth-orchestration", "1", {
    subject: "renamed into place",
    status: "completed",
  })
  tree.task("auth-phase-1-5", "4", { subject: "new" })
  tree.raw("tasks/auth-phase-1-5/.lock", "")
  await inSync()

  tree.raw("tasks/auth-phase-1-5/2.json", '{"id":"2","subject":"half')
  const problem = await eventually(
    async () => (await daemon.control.call("problems.list")).problems[0],
  )
  expect(problem).toMatchObject({ code: "malformed" })
  expect((await rows.tasks())["auth-phase-1-5"]).toContain("2 2 of auth-phase-1-5 pending")
  tree.task("auth-phase-1-5", "2", { subject: "whole again" })
  await inSync()

  tree.remove("tasks/session-1a2b3c4d/3.json")
  const deleted = () => rows.tasks().then((tasks) => tasks["session-1a2b3c4d"]?.[2])
  await eventually(async () => (await deleted()) === "3 3 of session-1a2b3c4d deleted")
  const history = await rows.histories()
  expect(history.get("auth-orchestration/1")?.map(({ status }) => status)).toEqual([
    "pending",
    "completed",
  ])
}, 60_000)

test("a subscription follows a burst of 10,000 new tasks to the last one", async () => {
  await using home = await tmpHome()
  const tree = claudeTree(home.claudeDir)
  const teams = ["burst-a", "session-burstb00"]
  for (const team of teams) {
    tree.team(team)
    tree.task(team, "1")
  }
  await using _daemon = await startDaemon(home, { signal: AbortSignal.timeout(120_000) })
  const { url, viewerToken: token } = await readAccess(home)
  const rows = deployedRows(url, token)
  await eventually(async () => (await rows.details()).size === 2)
  const live = await subscribeAll(url, token)
  for (const team of teams) {
    mkdirSync(tree.path(`tasks/${team}`), { recursive: true })
    for (let id = 1; id <= 5000; id++) {
      const task = { id: String(id), subject: `${team} ${id}`, status: "pending" }
      writeFileSync(tree.path(`tasks/${team}/${id}.json`), JSON.stringify(task))
    }
  }
  const expected = tasksOnDisk(home.claudeDir)
  await eventually(() => teams.every((team) => live.latest.get(team)?.tasks.length === 5000), {
    what: "the whole burst in the subscription",
    withinMs: 90_000,
  })
  await live.close()
  expect(await rows.tasks()).toEqual(expected)
}, 120_000)

test("a team that ends keeps its roster and its tasks, and late writes are still its own", async () => {
  await using home = await tmpHome()
  const tree = claudeTree(home.claudeDir)
  tree.team("session-ending00")
  tree.task("session-ending00", "1")
  await using _daemon = await startDaemon(home, { signal: signal() })
  const { url, viewerToken: token } = await readAccess(home)
  const rows = deployedRows(url, token)
  const detail = async () => (await rows.details()).get("session-ending00")
  await eventually(async () => (await detail())?.tasks.length === 1)
  tree.remove("teams/session-ending00")
  await eventually(async () => (await detail())?.teams[0]?.endedAt !== undefined)
  expect((await detail())?.teamMembers.map(({ agentName }) => agentName)).toEqual([
    "team-lead",
    "worker",
  ])
  tree.task("session-ending00", "1", { status: "completed" })
  await eventually(async () => (await detail())?.tasks[0]?.status === "completed")
}, 60_000)

async function subscribeAll(url: string, token: string) {
  const client = new ConvexClient(url, { skipConvexDeploymentUrlCheck: true, logger: false })
  const latest = new Map<string, Detail>()
  for (const { _id } of await client.query(api.orchestrations.listOrchestrations, { token })) {
    const args = { token, orchestrationId: _id }
    client.onUpdate(api.orchestrations.getOrchestrationDetail, args, (detail) => {
      if (detail !== null) latest.set(detail.featureName, detail)
    })
  }
  return { latest, close: () => client.close() }
}
