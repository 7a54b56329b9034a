/**
 * The functions that the deployment serves, by path (`module:export`), read from a map of modules whose
 * exports were made with Convex's `query`, `mutation`, `action` and their internal forms. Everything else
 * that a module exports is ignored. Validators are compiled at the first call: start-up stays short.
 */
import {
  type Check,
  type TableOfId,
  type ValidatorJson,
  compileValidator,
} from "../values/validator.ts"
import { refusal } from "./failure.ts"

/** Module path ("nodes", "admin/rows") to the module's exports. */
export type Modules = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export type FunctionKind = "query" | "mutation" | "action"

export interface ConvexFunction {
  readonly path: string
  readonly kind: FunctionKind
  readonly isPublic: boolean
  readonly checkArgs: Check
  readonly checkReturns: Check
  /** Runs the handler; takes and gives JSON text. */
  readonly invoke: (args: string) => Promise<string>
}

export interface Functions {
  /** The function at a path, or a refusal in Convex's words. */
  readonly find: (path: string, wanted: Wanted) => ConvexFunction
  readonly all: () => readonly ConvexFunction[]
}

export interface Wanted {
  /** `any` finds every kind. */
  readonly kind: FunctionKind | "any"
  /** Whether the caller may reach internal functions. */
  readonly internal: boolean
}

type Invoke = (args: string) => Promise<string>

/** What Convex's builders put on the functions that they return. */
interface Registration {
  readonly isQuery?: boolean
  readonly isMutation?: boolean
  readonly isAction?: boolean
  readonly isPublic?: boolean
  readonly exportArgs: () => string
  readonly exportReturns: () => string
  readonly invokeQuery?: Invoke
  readonly invokeMutation?: Invoke
  readonly invokeAction?: (requestId: string, args: string) => Promise<string>
}

export function createFunctions(modules: Modules, tableOfId: TableOfId): Functions {
  const byPath = new Map<string, ConvexFunction>()
  for (const [module, exported] of Object.entries(modules)) {
    for (const [name, value] of Object.entries(exported)) {
      const path = `${module}:${name}`
      if (isRegistration(value)) byPath.set(path, toFunction(path, value, tableOfId))
    }
  }
  return {
    all: () => [...byPath.values()],
    find: (path, wanted) => {
      const found = byPath.get(path) ?? byPath.get(canonicalPath(path))
      if (found === undefined || (!found.isPublic && !wanted.internal)) throw missing(path, wanted)
      if (wanted.kind !== "any" && found.kind !== wanted.kind) throw wrongKind(found, wanted.kind)
      return found
    },
  }
}

/** `messages.js:list` and `messages:list` are one function; a path without a name means `default`. */
export function canonicalPath(path: string): string {
  const [module = "", name = "default"] = path.split(":")
  return `${module.replace(/\.[jt]sx?$/, "")}:${name}`
}

function missing(path: string, wanted: Wanted): Error {
  const visibility = wanted.internal ? "" : "public "
  const advice = "Did you forget to run `npx convex dev` or `npx convex deploy`?"
  return refusal(`Could not find ${visibility}function for '${path}'. ${advice}`)
}

function wrongKind(found: ConvexFunction, wanted: FunctionKind): Error {
  const file = found.path.replace(":", ".js:")
  const defined = capital(found.kind)
  return refusal(
    `Trying to execute ${file} as ${capital(wanted)}, but it is defined as ${defined}.`,
  )
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1)
}

function isRegistration(value: unknown): value is Registration {
  return (
    typeof value === "function" &&
    "exportArgs" in value &&
    ("invokeQuery" in value || "invokeMutation" in value || "invokeAction" in value)
  )
}

function toFunction(path: string, value: Registration, tableOfId: TableOfId): ConvexFunction {
  const { kind, invoke } = invocation(value)
  return {
    path,
    kind,
    invoke,
    isPublic: value.isPublic === true,
    checkArgs: lazyCheck(value.exportArgs, tableOfId),
    checkReturns: lazyCheck(value.exportReturns, tableOfId),
  }
}

function invocation(value: Registration): Pick<ConvexFunction, "kind" | "invoke"> {
  const { invokeQuery, invokeMutation, invokeAction } = value
  if (invokeQuery !== undefined) return { kind: "query", invoke: invokeQuery }
  if (invokeMutation !== undefined) return { kind: "mutation", invoke: invokeMutation }
  if (invokeAction === undefined) throw new TypeError("not a Convex function")
  return { kind: "action", invoke: (args) => invokeAction("", args) }
}

function lazyCheck(exported: () => string, tableOfId: TableOfId): Check {
  let check: Check | undefined
  return (value, path) => {
    check ??= compileExported(exported(), tableOfId)
    return check(value, path)
  }
}

function compileExported(text: string, tableOfId: TableOfId): Check {
  const validator: ValidatorJson | null = JSON.parse(text)
  return validator === null ? () => undefined : compileValidator(validator, tableOfId)
}
