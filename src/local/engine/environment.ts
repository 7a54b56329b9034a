/**
 * What a Convex function finds around it: the global `Convex` that its system calls go to, a clock that
 * stands still in queries and mutations, a console that is part of its answer, the deployment's environment
 * variables, responses that know their type, and no timers or network where Convex allows none. All of it looks up the running function with AsyncLocalStorage, because
 * functions of several deployments, and actions of one, take turns on this thread; outside of a function
 * everything behaves as before. The globals are the process's, so they are replaced once.
 *
 * A `Convex` that another library sets, before or later (convex-test does), is kept for code that is not ours.
 */
import { AsyncLocalStorage } from "node:async_hooks"
import { unsupported } from "./unsupported.ts"

/** What the surroundings of one running function are made of. */
export interface Scope {
  readonly syscall: (operation: string, args: string) => string
  readonly asyncSyscall: (operation: string, args: string) => Promise<string>
  /** The time at which the clock stands; absent in actions, whose clock runs. */
  readonly fixedTime?: number
  readonly log: (line: string) => void
  readonly variables: VariableReader
}

/** What `process.env` is inside of a function. */
export interface VariableReader {
  readonly get: (name: string) => string | undefined
  readonly names: () => readonly string[]
}

interface ConvexGlobal {
  readonly syscall: (operation: string, args: string) => string
  readonly asyncSyscall: (operation: string, args: string) => Promise<string>
  readonly jsSyscall: (operation: string, args: unknown) => unknown
}

const scopes = new AsyncLocalStorage<Scope>()
const installed = Symbol.for("tina.local.environment")
const wallClock = Date.now.bind(Date)

/** The running clock, also inside of a function. */
export function currentTime(): number {
  return wallClock()
}

export function runInScope<T>(scope: Scope, body: () => T): T {
  return scopes.run(scope, body)
}

export function installEnvironment(): void {
  if (installed in globalThis) return
  Object.defineProperty(globalThis, installed, { value: true })
  installConvex()
  installClock()
  installConsole()
  installVariables()
  installResponse()
  forbid("setTimeout", "setTimeout")
  forbid("setInterval", "setInterval")
  forbid("fetch", "fetch()")
}

function installConvex(): void {
  const before: unknown = Reflect.get(globalThis, "Convex")
  let other = isConvexGlobal(before) ? before : undefined
  const ours: ConvexGlobal = {
    syscall: (operation, args) => target().syscall(operation, args),
    asyncSyscall: (operation, args) => target().asyncSyscall(operation, args),
    jsSyscall: (operation, args) => {
      if (scopes.getStore() === undefined) return outside(other).jsSyscall(operation, args)
      throw unsupported(operation)
    },
  }
  function target(): Pick<ConvexGlobal, "syscall" | "asyncSyscall"> {
    return scopes.getStore() ?? outside(other)
  }
  Object.defineProperty(globalThis, "Convex", {
    configurable: true,
    get: () => ours,
    set: (value: ConvexGlobal | undefined) => {
      other = value
    },
  })
}

function isConvexGlobal(value: unknown): value is ConvexGlobal {
  return typeof value === "object" && value !== null && "asyncSyscall" in value
}

function outside(other: ConvexGlobal | undefined): ConvexGlobal {
  if (other !== undefined) return other
  throw new Error("a Convex function used its context after it had finished, or outside of a call")
}

function installClock(): void {
  const RealDate = Date
  RealDate.now = () => scopes.getStore()?.fixedTime ?? wallClock()
  globalThis.Date = new Proxy(RealDate, {
    construct: (_target, args: unknown[], newTarget) => {
      const given = args.length === 0 ? [RealDate.now()] : args
      const date: object = Reflect.construct(RealDate, given, newTarget)
      return date
    },
    apply: () => new RealDate(RealDate.now()).toString(),
  })
}

const levels = [
  ["debug", "DEBUG"],
  ["log", "LOG"],
  ["info", "INFO"],
  ["warn", "WARN"],
  ["error", "ERROR"],
] as const

function installConsole(): void {
  for (const [name, level] of levels) {
    const original = globalThis.console[name].bind(globalThis.console)
    globalThis.console[name] = (...parts: unknown[]) => {
      const scope = scopes.getStore()
      if (scope === undefined) original(...parts)
      else scope.log(`[${level}] ${parts.map(shown).join(" ")}`)
    }
  }
}

/** Loaded when something is logged: it would be a tenth of the time that a deployment needs to start. */
function shown(part: unknown): string {
  return process.getBuiltinModule("node:util").inspect(part)
}

/** Inside of a function `process.env` has the deployment's variables and none of the process's. */
function installVariables(): void {
  const env = new Proxy(process.env, {
    get: (own, name) => read(name, () => own[String(name)]),
    has: (own, name) => read(name, () => own[String(name)]) !== undefined,
    ownKeys: (own) => [...(scopes.getStore()?.variables.names() ?? Reflect.ownKeys(own))],
    getOwnPropertyDescriptor: (own, name) => {
      if (scopes.getStore() === undefined) return Reflect.getOwnPropertyDescriptor(own, name)
      const value = read(name, () => undefined)
      if (value === undefined) return undefined
      return { value, writable: true, enumerable: true, configurable: true }
    },
  })
  Object.defineProperty(process, "env", { value: env, configurable: true, writable: true })
}

/** Bun tells the type of a response that is text no earlier than when it sends it, which here somebody else does. */
function installResponse(): void {
  globalThis.Response = new Proxy(Response, {
    construct: (target, args: unknown[], newTarget) => {
      const response: Response = Reflect.construct(target, args, newTarget)
      const isText = typeof args[0] === "string" && scopes.getStore() !== undefined
      if (isText && !response.headers.has("content-type")) {
        response.headers.set("content-type", "text/plain;charset=UTF-8")
      }
      return response
    },
  })
}

function read(name: string | symbol, outside: () => string | undefined): string | undefined {
  const scope = scopes.getStore()
  if (scope === undefined) return outside()
  return typeof name === "string" ? scope.variables.get(name) : undefined
}

function forbid(name: "setTimeout" | "setInterval" | "fetch", shown: string): void {
  const original: unknown = globalThis[name]
  if (typeof original !== "function") return
  const guarded = new Proxy(original, {
    apply: (target, thisArgument, args: unknown[]) => {
      if (scopes.getStore()?.fixedTime !== undefined) throw new Error(forbidden(shown))
      return Reflect.apply(target, thisArgument, args) as unknown
    },
  })
  Object.defineProperty(globalThis, name, { value: guarded, configurable: true, writable: true })
}

function forbidden(shown: string): string {
  const see = "See https://docs.convex.dev/functions/actions for more details."
  return `Can't use ${shown} in queries and mutations. Please consider using an action. ${see}`
}
