/** Projects: repositories to which orchestrations may belong, one per path. */
import { v } from "convex/values"
import type { Doc, Id } from "./_generated/dataModel"
import {
  operatorMutation,
  type ReadCtx,
  readQuery,
  type WriteCtx,
  writeMutation,
} from "./access.ts"
import { refuse } from "./refusal.ts"
import { rowsPerCall } from "./rows/batch.ts"
import { eraseOrchestration } from "./rows/eraseOrchestration.ts"
import schema from "./schema.ts"

const mostProjects = 200
const mostCounted = 100
const naming = { name: v.string(), repoPath: v.string() }

const listedProject = schema.doc("projects").extend({
  /** Counted up to 100. */
  orchestrationCount: v.number(),
  latestFeature: v.union(v.string(), v.null()),
  latestStatus: v.union(v.string(), v.null()),
})

/** Creates a project and answers its id. Refuses with `conflict` when the path has one. */
export const createProject = operatorMutation({
  args: naming,
  returns: v.id("projects"),
  handler: async (ctx, args) => {
    if ((await findByPath(ctx, args.repoPath)) !== null) {
      return refuse("conflict", `${args.repoPath} has a project already`)
    }
    return insertProject(ctx, args)
  },
})

/** The id of the project of this path; it is created with this name when there is none. */
export const findOrCreateByRepoPath = writeMutation({
  args: naming,
  returns: v.id("projects"),
  handler: async (ctx, args) =>
    (await findByPath(ctx, args.repoPath))?._id ?? insertProject(ctx, args),
})

/** At most 200 projects by name, with the newest run of each. */
export const listProjects = readQuery({
  args: {},
  returns: v.array(listedProject),
  handler: async (ctx) => {
    const projects = await ctx.db.query("projects").withIndex("by_name").take(mostProjects)
    return Promise.all(projects.map((project) => describe(ctx, project)))
  },
})

/** Deletes a project with its orchestrations, at most 500 rows per call: call again until `done`. */
export const deleteProject = operatorMutation({
  args: { projectId: v.id("projects") },
  returns: v.object({
    done: v.boolean(),
    deleted: v.boolean(),
    deletedProjectId: v.id("projects"),
    deletedOrchestrations: v.number(),
  }),
  handler: async (ctx, { projectId }) => {
    const deletedProjectId = projectId
    if ((await ctx.db.get(projectId)) === null) {
      return { done: true, deleted: false, deletedProjectId, deletedOrchestrations: 0 }
    }
    const budget = { rows: rowsPerCall }
    let deletedOrchestrations = 0
    for (const { _id } of await newestOf(ctx, projectId)) {
      if (!(await eraseOrchestration(ctx.db, _id, budget))) break
      deletedOrchestrations += 1
    }
    const done = (await newestOf(ctx, projectId)).length === 0
    if (done) await ctx.db.delete(projectId)
    return { done, deleted: done, deletedProjectId, deletedOrchestrations }
  },
})

function findByPath(ctx: ReadCtx, repoPath: string): Promise<Doc<"projects"> | null> {
  return ctx.db
    .query("projects")
    .withIndex("by_repo_path", (q) => q.eq("repoPath", repoPath))
    .unique()
}

function insertProject(
  ctx: WriteCtx,
  args: Pick<Doc<"projects">, "name" | "repoPath">,
): Promise<Id<"projects">> {
  return ctx.db.insert("projects", { ...args, createdAt: new Date().toISOString() })
}

function newestOf(ctx: ReadCtx, projectId: Id<"projects">): Promise<Doc<"orchestrations">[]> {
  return ctx.db
    .query("orchestrations")
    .withIndex("by_project", (q) => q.eq("projectId", projectId))
    .order("desc")
    .take(mostCounted)
}

async function describe(ctx: ReadCtx, project: Doc<"projects">) {
  const runs = await newestOf(ctx, project._id)
  const [latest] = runs
  return {
    ...project,
    orchestrationCount: runs.length,
    latestFeature: latest?.featureName ?? null,
    latestStatus: latest?.status ?? null,
  }
}
