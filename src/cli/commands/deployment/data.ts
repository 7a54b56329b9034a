/** `deployment data`: the tables with their sizes, or the documents of one. */
import { TinaError } from "../../../base/errors.ts"
import { nearestWord } from "../../../base/nearest.ts"
import type { DeploymentAccess } from "../../../owner/request.ts"
import { type Row, type TableSummary, listRows, listTables } from "../../../owner/tables.ts"
import { command } from "../../command.ts"
import type { Output } from "../../output.ts"
import { openOwnerLink, ownerArgs } from "../../owner-link.ts"
import { printJson } from "../../print/json.ts"
import { renderTable } from "../../print/table.ts"
import { usageError } from "../../usage.ts"

const mostShown = 10_000

export const dataCommand = command({
  name: "deployment data",
  usage: "[TABLE]",
  args: {
    table: { type: "positional", required: false, description: "Its documents, not the tables" },
    limit: { type: "string", valueHint: "count", description: "How many documents (100)" },
    order: {
      type: "enum",
      options: ["desc", "asc"],
      description: "The newest first, or the oldest",
    },
    json: { type: "boolean", description: "For programs: whole documents, as Convex JSON" },
    ...ownerArgs,
  },
  examples: [
    ["deployment data", "the tables"],
    ["deployment data taskEvents --limit 20", "what happened last"],
  ],
  async execute(args, context) {
    const { stdout } = context
    const elsewhere = ["npx convex data", args.table ?? []].flat().join(" ")
    const limit = parseLimit(args.limit)
    await using link = await openOwnerLink(args, context, elsewhere)
    if (args.table === undefined) {
      const tables = await listTables(link)
      if (args.json) printJson(stdout, { tables })
      else stdout.write(`${renderTables(tables, stdout).join("\n")}\n`)
      return 0
    }
    const order = args.order === "asc" ? "asc" : "desc"
    const rows = await listRows(link, { table: args.table, limit, order })
    if (rows.length === 0) await requireTable(args.table, link)
    if (args.json) printJson(stdout, rows)
    else stdout.write(`${renderRows(rows, stdout).join("\n")}\n`)
    return 0
  },
})

/** A table without documents is not the same as none; those of the system are not listed. */
async function requireTable(name: string, link: DeploymentAccess): Promise<void> {
  if (name.startsWith("_")) return
  const names = (await listTables(link)).map((table) => table.name)
  if (names.includes(name)) return
  const near = nearestWord(name, names)
  throw new TinaError("not_found", `cannot show ${name}: there is no such table`, {
    hint: ["tina-daemon deployment data", near ?? []].flat().join(" "),
  })
}

function parseLimit(text = "100"): number {
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= mostShown) return limit
  throw usageError("deployment data", `--limit must be from 1 to ${mostShown}, not "${text}"`)
}

function layoutOf({ paint, size }: Output) {
  return { paint, columns: size().columns }
}

function renderTables(tables: readonly TableSummary[], stdout: Output): string[] {
  const columns = [{ title: "table" }, { title: "documents", align: "right" }] as const
  const rows = tables.map(({ name, documents }) => [name, `${documents}`])
  return rows.length === 0 ? ["No tables."] : renderTable(columns, rows, layoutOf(stdout))
}

function renderRows(rows: readonly Row[], stdout: Output): string[] {
  if (rows.length === 0) return ["No documents."]
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))].toSorted()
  const rest = fields.filter((field) => field !== "_id" && field !== "_creationTime")
  const columns = [
    { title: "_id" },
    { title: "created" },
    ...rest.map((title) => ({ title, flexible: true as const })),
  ]
  const cells = rows.map((row) => [
    textOf(row["_id"]),
    timeOf(row["_creationTime"]),
    ...rest.map((field) => textOf(row[field])),
  ])
  return renderTable(columns, cells, layoutOf(stdout))
}

function textOf(value: unknown): string {
  if (value === undefined) return ""
  return typeof value === "string" ? value : JSON.stringify(value)
}

function timeOf(value: unknown): string {
  return typeof value === "number" ? new Date(value).toISOString() : ""
}
