/**
 * The environment variables of functions: the owner's, which are rows of a system table, durable, and a part of what a query
 * depends on; and those that Convex itself adds. A function sees these and nothing of the process that it runs in.
 */
import { z } from "zod"
import { refusal } from "./failure.ts"
import type { VariableReader } from "./environment.ts"
import { environmentTable } from "./migrate.ts"
import type { ReadRecorder } from "./read-set.ts"
import type { Stores } from "./stores.ts"
import type { Transaction } from "./transaction.ts"
import type { Index } from "../storage/catalog.ts"
import type { Interval, ReadDocuments } from "../storage/read-documents.ts"
import { parseDocument } from "../values/json.ts"
import { afterAll, encodeKey } from "../values/keys.ts"
import { createSystemRows } from "./system-rows.ts"

export interface Variable {
  readonly name: string
  readonly value: string
}

export interface VariableChange {
  readonly name: string
  /** `null` removes it. */
  readonly value: string | null
}

// Convex's: https://docs.convex.dev/production/environment-variables
const MOST = 512
const LONGEST_NAME = 256
const LONGEST_VALUE_BYTES = 8 * 1024
const LARGEST_TOTAL_BYTES = 512 * 1024

/** Where HTTP actions are served, below the deployment's URL. */
export const HTTP_ACTIONS_PATH = "/http"

/** What Convex adds: names, and what of the deployment each is the URL of. */
const builtIn: ReadonlyMap<string, string> = new Map([
  ["CONVEX_CLOUD_URL", ""],
  ["CONVEX_SITE_URL", HTTP_ACTIONS_PATH],
])

const row = z.object({ _id: z.string(), name: z.string(), value: z.string() })
type Row = z.infer<typeof row>

type VariableStores = Pick<Stores, "catalog" | "documents" | "clock">

interface ReaderDeps extends Pick<VariableStores, "catalog"> {
  /** Of the deployment; asked when a function reads. */
  readonly url: () => string
  /** Reads from the moment that the function sees. */
  readonly see: <T>(body: (documents: ReadDocuments) => T) => T
}

/** What a function reads. `reads`: of the query that asks, if one does. */
export function variableReader(
  { url, catalog, see }: ReaderDeps,
  reads?: ReadRecorder,
): VariableReader {
  const look = (interval: Interval) =>
    see((documents) => find({ catalog, documents }, interval, reads))
  return {
    get: (name) => {
      const path = builtIn.get(name)
      if (path !== undefined) return `${url()}${path}`
      const start = encodeKey([name])
      return look({ start, end: afterAll(start) })[0]?.value
    },
    names: () => {
      const own = look({ start: "", end: "\xff" }).map(({ name }) => name)
      return [...new Set([...builtIn.keys(), ...own])]
    },
  }
}

/** The owner's, by name. */
export function listVariables(stores: VariableStores): readonly Variable[] {
  return find(stores, { start: "", end: "\xff" }).map(({ name, value }) => ({ name, value }))
}

/** All of the changes or, when one is refused, none. */
export function changeVariables(
  stores: VariableStores,
  transaction: Transaction,
  changes: readonly VariableChange[],
): void {
  const rows = createSystemRows(stores, environmentTable)
  for (const { name, value } of changes) {
    checkChange(name, value)
    const start = encodeKey([name])
    const [known] = find(stores, { start, end: afterAll(start) })
    if (value === null) {
      if (known !== undefined) rows.remove(transaction, known._id)
    } else if (known === undefined) rows.insert(transaction, { name, value })
    else rows.patch(transaction, known._id, { value })
  }
  checkAll(listVariables(stores))
}

function checkAll(variables: readonly Variable[]): void {
  if (variables.length > MOST) {
    throw refusal(`There may be at most ${MOST} environment variables`)
  }
  const bytes = variables.reduce((sum, { name, value }) => sum + sizeOf(name) + sizeOf(value), 0)
  if (bytes > LARGEST_TOTAL_BYTES) {
    throw refusal(`All environment variables together are larger than ${LARGEST_TOTAL_BYTES} bytes`)
  }
}

function sizeOf(text: string): number {
  return Buffer.byteLength(text)
}

function checkChange(name: string, value: string | null): void {
  if (builtIn.has(name)) {
    const reason = `Environment variable with name "${name}" is built-in and cannot be overridden`
    throw refusal(reason, "EnvVarNameForbidden")
  }
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name.length > LONGEST_NAME) {
    const form = `letters, digits and underscores, not a digit first, at most ${LONGEST_NAME}`
    throw refusal(`"${name}" cannot be the name of an environment variable: ${form}`)
  }
  if (value !== null && sizeOf(value) > LONGEST_VALUE_BYTES) {
    throw refusal(`The value of ${name} is longer than ${LONGEST_VALUE_BYTES} bytes`)
  }
}

function find(
  { catalog, documents }: Pick<VariableStores, "catalog"> & { readonly documents: ReadDocuments },
  interval: Interval,
  reads?: ReadRecorder,
): readonly Row[] {
  const index = indexOf(catalog)
  reads?.range(index, interval, false).exhaust()
  const rows = documents.scan({ index, ...interval, descending: false, limit: MOST + 1 })
  return rows.map(({ text }) => row.parse(parseDocument(text)))
}

function indexOf(catalog: Stores["catalog"]): Index {
  const index = catalog.ensureTable(environmentTable).indexes.get("by_name")
  if (index === undefined) throw new Error("the table of environment variables has no index")
  return index
}
