/**
 * What the holder of the admin key may do besides calling functions: variables, logs, export and import. It owns the directory
 * of files under way beside the deployment's file, and empties it at both ends.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { EngineInside } from "../engine/engine.ts"
import { importsTable, exportsTable } from "../engine/migrate.ts"
import type { SchemaDefinition } from "../engine/schema.ts"
import { createSystemRows } from "../engine/system-rows.ts"
import { type VariableChange, changeVariables } from "../engine/variables.ts"
import { type Exports, createExports } from "./exports.ts"
import type { FunctionLogs } from "./function-logs.ts"
import { type Imports, createImports } from "./imports.ts"

export interface Admin extends Disposable {
  readonly logs: FunctionLogs
  readonly imports: Imports
  readonly exports: Exports
  /** Settles when they are on the disk. */
  readonly changeVariables: (changes: readonly VariableChange[]) => Promise<void>
}

export interface AdminDeps {
  readonly inside: EngineInside
  readonly logs: FunctionLogs
  /** The deployment's file. */
  readonly path: string
  readonly schema: SchemaDefinition | undefined
  readonly onDefect: (error: unknown) => void
}

export function openAdmin({ inside, logs, path, schema, onDefect }: AdminDeps): Admin {
  const { stores, transactor } = inside
  const directory = path === ":memory:" ? temporaryDirectory() : `${path}-transfer`
  const clear = () => rmSync(directory, { recursive: true, force: true })
  clear()
  forgetUnfinished(inside).catch(onDefect)
  return {
    logs,
    imports: createImports({ ...inside, directory, schema, onDefect }),
    exports: createExports({ ...inside, path, directory, onDefect }),
    changeVariables: (changes) =>
      transactor.writeAlone(({ transaction }) =>
        transaction.atomically(() => {
          changeVariables(stores, transaction, changes)
          return Promise.resolve()
        }),
      ),
    [Symbol.dispose]: clear,
  }
}

function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), "tina-transfer-"))
}

/** Their files were removed with the thread that worked on them. */
async function forgetUnfinished({ stores, transactor }: EngineInside): Promise<void> {
  for (const name of [importsTable, exportsTable]) {
    const rows = createSystemRows(stores, name)
    const old = rows.all()
    if (old.length === 0) continue
    await transactor.writeAlone(({ transaction }) => {
      for (const { _id: id } of old) if (typeof id === "string") rows.remove(transaction, id)
      return Promise.resolve()
    })
  }
}
