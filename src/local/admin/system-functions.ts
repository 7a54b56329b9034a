/**
 * The system functions that Convex's own command line calls, by the names that it has for them, as internal functions: only
 * the admin key reaches them. Where they read rows they are live as any query is; the list of tables and of functions is not.
 */
import { internalQueryGeneric, paginationOptsValidator } from "convex/server"
import type { GenericDataModel, GenericQueryCtx } from "convex/server"
import { v } from "convex/values"
import { z } from "zod"
import type { Modules } from "../engine/functions.ts"
import { environmentTable, exportsTable, importsTable } from "../engine/migrate.ts"
import type { Variable } from "../engine/variables.ts"
import type { EngineInside } from "../engine/engine.ts"

type Ctx = GenericQueryCtx<GenericDataModel>
type Inside = Pick<EngineInside, "stores" | "functions">

/** `inside` is asked when a function runs. */
export function systemModules(inside: () => Inside): Modules {
  return {
    "_system/cli/tables": { default: tables(inside) },
    "_system/tina/tables": { count: countTables(inside) },
    "_system/cli/tableData": { default: tableData },
    "_system/cli/modules": { apiSpec: apiSpec(inside) },
    "_system/cli/queryEnvironmentVariables": { default: listVariables, get: getVariable },
    "_system/cli/exports": { getLatest: latestExport },
    "_system/cli/queryImport": { default: getImport, list: listImports },
  }
}

/** Convex gives an app's own tables here, all on one page. */
function tables(inside: () => Inside) {
  return internalQueryGeneric({
    args: { paginationOpts: paginationOptsValidator },
    handler: () => {
      const names = [...inside().stores.catalog.tables()].map(({ name }) => name)
      const page = names.filter((name) => !name.startsWith("_")).map((name) => ({ name }))
      return { page, isDone: true, continueCursor: "" }
    },
  })
}

/** Convex has no such function. By name. */
function countTables(inside: () => Inside) {
  return internalQueryGeneric({
    args: {},
    handler: async ({ db }) => {
      const names = [...inside().stores.catalog.tables()].map(({ name }) => name)
      const own = names.filter((name) => !name.startsWith("_")).toSorted()
      const rows = []
      for (const name of own)
        rows.push({ name, documents: await counted.parse(db.query(name)).count() })
      return rows
    },
  })
}

/** Not among the published types. */
const counted = z.custom<{ count(): Promise<number> }>()

const tableData = internalQueryGeneric({
  args: {
    table: v.string(),
    order: v.union(v.literal("asc"), v.literal("desc")),
    paginationOpts: paginationOptsValidator,
  },
  handler: (ctx, { table, order, paginationOpts }) => {
    const db = table.startsWith("_") ? systemReader(ctx) : ctx.db
    return db.query(table).order(order).paginate(paginationOpts)
  },
})

function apiSpec(inside: () => Inside) {
  return internalQueryGeneric({
    args: {},
    handler: () =>
      inside()
        .functions.all()
        .filter(({ path }) => !path.startsWith("_system/"))
        .map(({ path, kind, isPublic }) => ({
          identifier: path.replace(":", ".js:"),
          functionType: kind.slice(0, 1).toUpperCase() + kind.slice(1),
          visibility: { kind: isPublic ? "public" : "internal" },
        })),
  })
}

const listVariables = internalQueryGeneric({
  args: {},
  handler: async (ctx): Promise<Variable[]> => {
    const rows = await systemReader(ctx).query(environmentTable).collect()
    return rows.map(toVariable).sort((a, b) => (a.name < b.name ? -1 : 1))
  },
})

const getVariable = internalQueryGeneric({
  args: { name: v.string() },
  handler: async (ctx, { name }): Promise<Variable | null> => {
    const rows = await systemReader(ctx).query(environmentTable).collect()
    return rows.map(toVariable).find((variable) => variable.name === name) ?? null
  },
})

const latestExport = internalQueryGeneric({
  args: {},
  handler: (ctx) => systemReader(ctx).query(exportsTable).order("desc").first(),
})

const getImport = internalQueryGeneric({
  args: { importId: v.id(importsTable) },
  handler: (ctx, { importId }) => systemReader(ctx).get(importId),
})

const listImports = internalQueryGeneric({
  args: {},
  handler: (ctx) => systemReader(ctx).query(importsTable).order("desc").take(MOST_LISTED),
})

const MOST_LISTED = 100

/** The types of `db.system` know two tables only. */
const reader = z.custom<Ctx["db"]>()

function systemReader(ctx: Ctx): Ctx["db"] {
  return reader.parse(ctx.db.system)
}

function toVariable(row: { readonly name?: unknown; readonly value?: unknown }): Variable {
  return { name: String(row.name), value: String(row.value) }
}
