/** The progress of every orchestration equals a count of its tasks from scratch, whatever has written, moved or deleted them. */
import { expect, test } from "bun:test"
import * as fc from "fast-check"
import { api, internal } from "../../../src/convex/_generated/api.js"
import type { Doc, Id } from "../../../src/convex/_generated/dataModel.js"
import type { Document } from "../../../src/convex/documents.ts"
import type { Writer, WrittenTask } from "../../../src/convex/rows/batch.ts"
import { eraseOrchestration } from "../../../src/convex/rows/eraseOrchestration.ts"
import { moveRows } from "../../../src/convex/rows/moveTeam.ts"
import { readProgress } from "../../../src/convex/rows/progress.ts"
import { completeCounts, keepCounts } from "../../../src/convex/rows/taskCounts.ts"
import { findTask, putTask, type Transition } from "../../../src/convex/rows/tasks.ts"
import * as make from "../../support/documents.ts"
import { runs, seed, within } from "../../support/property-runs.ts"
import { applyTo, type Ingest, openIngest } from "./rows.ts"

const dirs = ["session-a", "session-b"]
const features = ["a", "b", "c"]
const statuses = ["pending", "in_progress", "completed", "deleted"] as const
const at = (n: number) => new Date(1_790_000_000_000 + n * 1000).toISOString()
const moment = fc.nat(30).map(at)
const dayMs = 24 * 60 * 60_000

const begin: Document[] = [
  ...features.map((feature) => make.orchestration({ key: `feature:${feature}` })),
  ...dirs.map((dir) => make.adoption(dir)),
  ...dirs.map((dir) => teamOf({ dir, key: `team:${dir}` })),
]

function teamOf({ dir, key }: { readonly dir: string; readonly key: string }): Document {
  const linkedBy = key.startsWith("team:") ? "adopted" : "sidecar"
  const names = { dir, teamName: dir, leadSessionId: dir }
  return make.team({ ...names, orchestration: key, linkedBy })
}

type Step = (world: World) => Promise<unknown>

interface World extends Ingest {
  readonly operator: string
  /** Unique in this run. */
  readonly nextId: () => string
}

const tasks = fc.record({
  team: fc.constantFrom(...dirs),
  taskId: fc.constantFrom("1", "2", "3", "4"),
  status: fc.constantFrom(...statuses),
  internal: fc.nat(5).map((n) => n === 0),
  recordedAt: moment,
})
const documents = fc.oneof(
  { weight: 6, arbitrary: tasks.map((fields) => make.task(fields)) },
  fc
    .record({ dir: fc.constantFrom(...dirs), feature: fc.constantFrom(...features) })
    .map(({ dir, feature }) => teamOf({ dir, key: `feature:${feature}` })),
  fc.constantFrom(...features.map((feature) => make.orchestration({ key: `feature:${feature}` }))),
  fc
    .record({ team: fc.constantFrom(...dirs), taskId: fc.constantFrom("1", "2"), endedAt: moment })
    .map(({ team, taskId, endedAt }): Document => {
      return { kind: "end", of: { kind: "task", team, taskId }, endedAt }
    }),
)

const batch = fc.array(documents, { minLength: 1, maxLength: 8 }).map((sent): Step => {
  return (world) => {
    const named = sent.map((each) =>
      each.kind === "task" ? { ...each, eventId: world.nextId() } : each,
    )
    return applyTo(world, named)
  }
})

const event = fc.record({
  feature: fc.constantFrom(...features),
  taskId: fc.constantFrom("1", "2"),
  status: fc.constantFrom(...statuses),
  recordedAt: moment,
  withTeam: fc.boolean(),
})
const single = event.map(({ feature, withTeam, ...fields }): Step => {
  return async (world) => {
    const { deployment, token } = world
    const orchestrationId = await idOf(world, feature)
    if (orchestrationId === undefined) return
    const team = (await rowsOf(world, "teams")).find(
      (row) => row.orchestrationId === orchestrationId,
    )
    const about = { subject: "x", orchestrationId, eventId: world.nextId() }
    const teamId = withTeam && team !== undefined ? { teamId: team._id } : {}
    await deployment.mutation(api.tasks.recordTaskEvent, { token, ...about, ...teamId, ...fields })
  }
})

const registration = fc
  .record({ dir: fc.constantFrom(...dirs), feature: fc.constantFrom(...features) })
  .map(({ dir, feature }): Step => {
    return async (world) => {
      const orchestrationId = await idOf(world, feature)
      if (orchestrationId === undefined) return
      const names = { teamName: dir, localDirName: dir, leadSessionId: dir, createdAt: 1 }
      const args = { token: world.token, orchestrationId, ...names }
      // A team that is linked elsewhere is refused.
      await world.deployment.mutation(api.teams.registerTeam, args).catch(() => undefined)
    }
  })

const deletion = fc.constantFrom(...features).map((feature): Step => {
  return async (world) => {
    const orchestrationId = await idOf(world, feature)
    if (orchestrationId === undefined) return
    const args = { token: world.operator, orchestrationId }
    await world.deployment.mutation(api.orchestrations.deleteOrchestration, args)
  }
})

const sweep = fc.constant<Step>(({ deployment }) =>
  deployment.mutation(internal.retention.sweep, { now: Date.now() + 2 * dayMs }),
)

const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: batch },
    { weight: 3, arbitrary: single },
    registration,
    deletion,
    sweep,
  ),
  { minLength: 1, maxLength: 12 },
)

async function openWorld(): Promise<World> {
  const ingest = await openIngest()
  const { token } = await ingest.deployment.mutation(internal.tokens.issue, { role: "operator" })
  let last = 0
  return { ...ingest, operator: token, nextId: () => `event-${last++}` }
}

function rowsOf<T extends "orchestrations" | "teams" | "tasks" | "taskCounts">(
  { deployment }: Ingest,
  table: T,
): Promise<Doc<T>[]> {
  return deployment.run(({ db }) => db.query(table).collect())
}

async function idOf(world: World, feature: string): Promise<Id<"orchestrations"> | undefined> {
  const found = await rowsOf(world, "orchestrations")
  return found.find(({ key }) => key === `feature:${feature}`)?._id
}

/** Counted in another way than the functions do. */
function progressOf(rows: readonly Doc<"tasks">[]) {
  const work = rows.filter(({ internal }) => !internal)
  const count = (status: string) => work.filter((task) => task.status === status).length
  return {
    pending: count("pending"),
    inProgress: count("in_progress"),
    completed: count("completed"),
    changedAt:
      rows
        .map(({ updatedAt }) => updatedAt)
        .sort()
        .at(-1) ?? null,
    isPartial: false,
  }
}

test(
  `the progress that is kept is the progress of the tasks, after every mutation (seed ${seed})`,
  async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (program) => {
        const world = await openWorld()
        await applyTo(world, begin)
        for (const step of program) {
          await step(world)
          const all = await rowsOf(world, "tasks")
          const orchestrations = await rowsOf(world, "orchestrations")
          const ids = new Set(orchestrations.map(({ _id }) => _id))
          for (const kept of await rowsOf(world, "taskCounts")) {
            expect(ids).toContain(kept.orchestrationId)
          }
          for (const orchestrationId of ids) {
            const args = { token: world.token, orchestrationId }
            const shown = await world.deployment.query(api.board.orchestrationProgress, args)
            const ofOne = all.filter((task) => task.orchestrationId === orchestrationId)
            expect(shown).toEqual(progressOf(ofOne))
          }
        }
      }),
      runs(80),
    )
  },
  within,
)

interface Rows {
  readonly db: Writer
  readonly team: Doc<"teams">
  readonly ids: readonly Id<"orchestrations">[]
  /** How many rows this mutation may touch, or count. */
  readonly rows: number
}

/** One mutation: what it does to the rows, and then to the counts. */
type Change = (rows: Rows) => Promise<WrittenTask[]>

const write = fc
  .record({
    taskId: fc.nat(9).map(String),
    withTeam: fc.boolean(),
    status: fc.constantFrom(...statuses),
    recordedAt: moment,
  })
  .map(({ withTeam, ...fields }): Change => {
    return async ({ db, team }) => {
      const transition = taskOf(team, { ...fields, withTeam })
      const written: WrittenTask[] = []
      await putTask({ db, written }, await findTask(db, transition), transition)
      return written
    }
  })

const move = fc.constant<Change>(async ({ db, team, ids, rows }) => {
  const orchestrationId = ids.find((id) => id !== team.orchestrationId) ?? team.orchestrationId
  if (team.moving === undefined) await db.patch(team._id, { orchestrationId, moving: true })
  const written: WrittenTask[] = []
  const now = await db.get(team._id)
  if (now !== null) await moveRows({ db, budget: { rows }, written }, now)
  return written
})

const erasure = fc.nat(1).map((n): Change => {
  return async ({ db, ids, rows }) => {
    const id = ids[n]
    if (id === undefined || (await tasksOf(db, id)).length <= rows) return []
    await eraseOrchestration(db, id, { rows })
    return []
  }
})

/** As an import of one table does, and then a day passes. */
const past = fc.constantFrom(...statuses).map((status): Change => {
  return async ({ db }) => {
    const task = await db.query("tasks").first()
    if (task !== null) await db.patch(task._id, { status })
    for (const { _id } of await db.query("taskCounts").collect()) await db.delete(_id)
    return []
  }
})

const changes = fc.array(
  fc.record({
    change: fc.oneof(
      { weight: 6, arbitrary: write },
      { weight: 2, arbitrary: move },
      erasure,
      past,
    ),
    rows: fc.integer({ min: 1, max: 4 }),
  }),
  { minLength: 1, maxLength: 20 },
)

function taskOf(
  { _id: teamId, nodeId, orchestrationId }: Doc<"teams">,
  {
    withTeam,
    ...fields
  }: Pick<Transition, "taskId" | "status" | "recordedAt"> & {
    readonly withTeam: boolean
  },
): Transition {
  const about = { nodeId, orchestrationId, subject: "x", internal: false }
  return { ...about, ...(withTeam ? { teamId } : {}), ...fields }
}

function tasksOf(db: Writer, id: Id<"orchestrations">): Promise<Doc<"tasks">[]> {
  return db
    .query("tasks")
    .withIndex("by_orchestration", (q) => q.eq("orchestrationId", id))
    .collect()
}

/** Tasks without counts, as an earlier version left them. */
async function putTasks(db: Writer, team: Doc<"teams">, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const fields = { taskId: String(n), status: "pending" as const, recordedAt: at(n) }
    await putTask({ db, written: [] }, null, taskOf(team, { ...fields, withTeam: true }))
  }
}

test(
  `counts that are begun late, a few tasks at a time, are right meanwhile and come to an end (seed ${seed})`,
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(10), changes, async (earlier, program) => {
        const world = await openIngest()
        const [a = "", b = ""] = features.map((feature) => `feature:${feature}`)
        await applyTo(world, [make.orchestration({ key: a }), make.orchestration({ key: b })])
        await applyTo(world, [teamOf({ dir: "session-a", key: a })])
        const ids = (await rowsOf(world, "orchestrations")).map(({ _id }) => _id)
        const inMutation = (body: (db: Writer, team: Doc<"teams">) => Promise<void>) =>
          world.deployment.run(async ({ db }) => {
            const team = await db.query("teams").first()
            if (team !== null) await body(db, team)
            for (const id of ids) {
              expect(await readProgress(db, id)).toEqual(progressOf(await tasksOf(db, id)))
            }
          })
        await inMutation((db, team) => putTasks(db, team, earlier))
        for (const { change, rows } of program) {
          await inMutation(async (db, team) => {
            await keepCounts(db, await change({ db, team, ids, rows }), { rows })
          })
        }
        for (const id of ids) await inMutation((db) => completeOne(db, id))
      }),
      runs(150),
    )
  },
  within,
)

/** Writes one task until all are counted. */
async function completeOne(db: Writer, id: Id<"orchestrations">): Promise<void> {
  const tasks = await tasksOf(db, id)
  const [task] = tasks
  if (task === undefined) return
  for (const _each of tasks) {
    await keepCounts(db, [{ taskId: task._id, before: task, after: task }], { rows: 1 })
  }
  expect(await completeCounts(db, id)).not.toBeNull()
}
