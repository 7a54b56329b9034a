/** One orchestration with its phases, teams, members and current tasks, as a screen shows them. */
import { v } from "convex/values"
import type { Doc, Id } from "../_generated/dataModel"
import type { QueryCtx } from "../_generated/server"
import schema from "../schema.ts"
import { namedOrchestration } from "./nodeNames.ts"

/** Bounds that no real orchestration reaches; a Convex array holds at most 8192 values. */
const mostPhases = 200
const mostTeams = 200
const mostMembers = 1000
export const mostTasks = 8000

const task = schema.doc("tasks")

export const orchestrationDetail = namedOrchestration.extend({
  phases: v.array(schema.doc("phases")),
  tasks: v.array(task),
  /** The tasks of teams that belong to no phase. */
  orchestratorTasks: v.array(task),
  /** The other tasks by phase number. */
  phaseTasks: v.record(v.string(), v.array(task)),
  teams: v.array(schema.doc("teams")),
  teamMembers: v.array(schema.doc("teamMembers")),
})

export async function readDetail(
  db: QueryCtx["db"],
  orchestration: Doc<"orchestrations">,
  nodeName: string,
) {
  const tasks = await currentTasks(db, orchestration._id)
  return {
    ...orchestration,
    nodeName,
    phases: await phasesOf(db, orchestration._id),
    tasks,
    orchestratorTasks: tasks.filter((each) => each.phaseNumber === undefined),
    phaseTasks: tasksByPhase(tasks),
    teams: await teamsOf(db, orchestration._id),
    teamMembers: await membersOf(db, orchestration._id),
  }
}

/** The current state of every task in the order in which they appeared; the newest 8000. */
export async function currentTasks(
  db: QueryCtx["db"],
  orchestrationId: Id<"orchestrations">,
): Promise<Doc<"tasks">[]> {
  const newest = await db
    .query("tasks")
    .withIndex("by_orchestration", (q) => q.eq("orchestrationId", orchestrationId))
    .order("desc")
    .take(mostTasks)
  return newest.reverse()
}

export function teamsOf(
  db: QueryCtx["db"],
  orchestrationId: Id<"orchestrations">,
): Promise<Doc<"teams">[]> {
  return db
    .query("teams")
    .withIndex("by_orchestration", (q) => q.eq("orchestrationId", orchestrationId))
    .take(mostTeams)
}

function phasesOf(db: QueryCtx["db"], orchestrationId: Id<"orchestrations">) {
  return db
    .query("phases")
    .withIndex("by_orchestration_phase", (q) => q.eq("orchestrationId", orchestrationId))
    .take(mostPhases)
}

function membersOf(db: QueryCtx["db"], orchestrationId: Id<"orchestrations">) {
  return db
    .query("teamMembers")
    .withIndex("by_orchestration_phase_agent", (q) => q.eq("orchestrationId", orchestrationId))
    .take(mostMembers)
}

/** A field name in Convex is not free text: a phase that is no number is left to `tasks` alone. */
function tasksByPhase(tasks: readonly Doc<"tasks">[]): Record<string, Doc<"tasks">[]> {
  const groups: Record<string, Doc<"tasks">[]> = {}
  for (const each of tasks) {
    const { phaseNumber = "" } = each
    if (/^\d[\d.]*$/.test(phaseNumber)) (groups[phaseNumber] ??= []).push(each)
  }
  return groups
}
