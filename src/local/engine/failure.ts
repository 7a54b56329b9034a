/**
 * How a function fails. A `FunctionFailure` is what a client is told: a message in Convex's form and, when
 * the function threw a ConvexError, its data. The deployment itself refuses a call by throwing a refusal,
 * whose text is shown as it is; whatever else is thrown is the function's own error, shown as "Uncaught"
 * with the frames that lie in the function's files. `discretion.ts` says whom this is told.
 */
import { systemCodeOf } from "../../base/errors.ts"
import { type Json, parseTrusted } from "../values/json.ts"

export interface FunctionFailure {
  /** Without the line that names the request. */
  readonly message: string
  /** What the ConvexError carried. */
  readonly data?: Json
  /** The deployment's own, of its disk or its file, whatever the function did. */
  readonly isOfDeployment?: true
  /** The client is told that there was one, and not which. */
  readonly isWithheld?: true
}

const refusalMark = Symbol("refusal")
const convexErrorMark = Symbol.for("ConvexError")
const MAX_FRAMES = 10
/** Frames of the deployment and of Convex's own library say nothing about the function. */
const ownFrames = /src\/local\/|node_modules\/convex\/|\$bunfs|native:|node:|processTicks/

/** An error whose text the client sees as it is, without "Uncaught" and without a stack; `code` is for programs. */
export function refusal(text: string, code = "BadRequest"): Error {
  return Object.assign(new Error(text), { [refusalMark]: code })
}

/** The code of a refusal; `undefined` for other errors. */
export function refusalCode(thrown: unknown): string | undefined {
  const isRefusal = thrown instanceof Error && refusalMark in thrown
  return isRefusal ? String(thrown[refusalMark]) : undefined
}

export function failureOf(thrown: unknown): FunctionFailure {
  if (!(thrown instanceof Error)) return { message: `Uncaught ${String(thrown)}` }
  if (refusalMark in thrown) return { message: thrown.message }
  const message = `Uncaught ${thrown.name}: ${thrown.message}${framesOf(thrown)}`
  if (systemCodeOf(thrown)?.startsWith("SQLITE_") === true) return { message, isOfDeployment: true }
  const data = convexErrorData(thrown)
  return data === undefined ? { message } : { message, data }
}

/** The failure as an error inside the function that made the nested call. */
export function failureToError(failure: FunctionFailure): Error {
  const error = new Error(failure.message)
  return failure.data === undefined ? error : Object.assign(error, { data: failure.data })
}

/** The text that clients get: Convex names the request first. */
export function clientMessage(failure: FunctionFailure, requestId: string): string {
  const first = `[Request ID: ${requestId}] Server Error`
  return failure.isWithheld === true ? first : `${first}\n${failure.message}`
}

const ID_LENGTH = 16
const IDS_AT_ONCE = 256
let unusedIds = ""

/** 16 hexadecimal digits. Each call has one, so they are made many at once. */
export function newRequestId(): string {
  if (unusedIds === "") {
    unusedIds = crypto.getRandomValues(Buffer.alloc((ID_LENGTH / 2) * IDS_AT_ONCE)).toString("hex")
  }
  const id = unusedIds.slice(0, ID_LENGTH)
  unusedIds = unusedIds.slice(ID_LENGTH)
  return id
}

// Convex's library replaces `data` by its JSON text on the way out of a function.
function convexErrorData(thrown: Error): Json | undefined {
  if (!(convexErrorMark in thrown) || !("data" in thrown)) return undefined
  if (typeof thrown.data !== "string") return null
  return parseTrusted(thrown.data)
}

function framesOf(thrown: Error): string {
  const lines = (thrown.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line))
  const frames = lines.filter((line) => !ownFrames.test(line)).slice(0, MAX_FRAMES)
  return frames.map((line) => `\n    ${relativeFrame(line.trim())}`).join("")
}

function relativeFrame(line: string): string {
  return line.replace(/\((?:[^()]*\/)?((?:src|test|node_modules)\/[^()]*)\)/, "(../$1)")
}
