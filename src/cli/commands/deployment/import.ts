/** `deployment import`: documents from an archive in Convex's format, or of one table from JSON lines, JSON or CSV. */
import { extname, resolve } from "node:path"
import { TinaError } from "../../../base/errors.ts"
import {
  type ImportFormat,
  type ImportMode,
  importFile,
  importFormats,
} from "../../../owner/import.ts"
import { command } from "../../command.ts"
import { openImportDialogue } from "../../import-dialogue.ts"
import { openOwnerLink, ownerArgs } from "../../owner-link.ts"
import { usageError } from "../../usage.ts"

interface ImportArgs {
  readonly append?: boolean | undefined
  readonly replace?: boolean | undefined
  readonly "replace-all"?: boolean | undefined
  readonly format?: string | undefined
}

export const importCommand = command({
  name: "deployment import",
  usage: "FILE",
  args: {
    file: { type: "positional", required: true, description: ".zip, .jsonl, .json or .csv" },
    table: { type: "string", valueHint: "name", description: "Of every file but an archive" },
    append: { type: "boolean", description: "Add to tables that have documents" },
    replace: { type: "boolean", description: "Remove the documents of these tables first" },
    "replace-all": { type: "boolean", description: "Remove those of all other tables too" },
    format: {
      type: "enum",
      options: [...importFormats],
      description: "What it is, where its name does not tell",
    },
    yes: { type: "boolean", alias: "y", description: "Do not ask before documents are removed" },
    ...ownerArgs,
  },
  details:
    "All of it or nothing: every document must fit the schema. Without --append or --replace the tables must be empty. Other writes wait meanwhile.",
  examples: [
    ["deployment import --replace tina.zip", "what an export had, ids included"],
    ["deployment import --table projects projects.jsonl", "one table"],
  ],
  async execute(args, context) {
    const { stdout, cwd } = context
    const path = resolve(cwd, args.file)
    const format = formatOf(args, path)
    await using link = await openOwnerLink(args, context, `npx convex import ${args.file}`)
    using dialogue = openImportDialogue(context, args.yes === true)
    const wanted = { path, format, mode: modeOf(args), table: args.table }
    const written = await importFile(link, wanted, dialogue)
    stdout.write(`imported ${written} documents\n`)
    if (link.isRunning) stdout.write("then:  tina-daemon restart  (sends what it has changed)\n")
    return 0
  },
})

function modeOf(args: ImportArgs): ImportMode {
  const given = [args.append, args.replace, args["replace-all"]].filter((flag) => flag === true)
  if (given.length > 1) {
    throw usageError("deployment import", "give one of --append, --replace and --replace-all")
  }
  if (args.append) return "append"
  if (args.replace) return "replace"
  return args["replace-all"] ? "replaceAll" : "requireEmpty"
}

const formatsByEnd: Readonly<Record<string, ImportFormat>> = {
  ".zip": "zip",
  ".jsonl": "jsonLines",
  ".json": "jsonArray",
  ".csv": "csv",
}

function formatOf({ format }: ImportArgs, path: string): ImportFormat {
  const named = importFormats.find((known) => known === format) ?? formatsByEnd[extname(path)]
  if (named !== undefined) return named
  throw new TinaError("usage", `cannot import ${path}: its name does not tell its format`, {
    hint: `tina-daemon deployment import --format ${importFormats.join("|")} FILE`,
  })
}
