/**
 * The log: one line for each thing an operator would want to know, with named fields. It owns levels,
 * the shape of a record, and the rule that a failure which repeats itself drops to debug. Where records
 * go is up to the sinks: a terminal (consola), or JSON lines for a file and for whatever supervises us.
 * Secrets are held in `Secret`, which prints as `<redacted>`; `hide` is for those that escaped from it.
 */
import { createConsola } from "consola"
import { TinaError, reasonOf } from "./errors.ts"
import { logLevels } from "./log-level.ts"
import type { LogLevel } from "./log-level.ts"
import { toPrintableLines } from "./printable.ts"
import { reveal } from "./redact.ts"
import type { Secret } from "./redact.ts"

/** Values are made plain when they are written: an Error becomes its message, hint and cause. */
export type LogFields = Readonly<Record<string, unknown>>

export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A logger that adds these fields to every record. */
  with(fields: LogFields): Logger
}

export interface LogRecord {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly level: LogLevel
  readonly message: string
  readonly fields: LogFields
}

/** Takes secrets out of a text. */
export type Redact = (text: string) => string

/** Every text that leaves the process has to go through `redact`. */
export type LogSink = (record: LogRecord, redact: Redact) => void

export interface LogDeps {
  readonly sinks: readonly LogSink[]
  readonly now: () => number
}

export interface Log extends Logger {
  readonly level: () => LogLevel
  /** Takes effect at once, for every logger made from this one. */
  readonly setLevel: (level: LogLevel) => void
  /**
   * From now on the secret's value is `<redacted>` in every line, however it got there: the error of a
   * library may quote the arguments it was given.
   */
  readonly hide: (secret: Secret) => void
  /** The text without what is hidden, for what is shown elsewhere. */
  readonly redact: Redact
}

/** A failure that repeats is told at its own level once in this time. */
const repeatAfterMs = 600_000
const rememberedFailures = 500
const shortestHidden = 8

export function createLog(level: LogLevel, { sinks, now }: LogDeps): Log {
  let threshold = logLevels.indexOf(level)
  const isRepeated = createRepeatFilter(now)
  const hidden = new Set<string>()
  const redact: Redact = (text) =>
    hidden.values().reduce((rest, value) => rest.replaceAll(value, "<redacted>"), text)

  function write(wanted: LogLevel, message: string, fields: LogFields): void {
    const isFailure = wanted === "warn" || wanted === "error"
    const actual = isFailure && isRepeated(failureKey(message, fields)) ? "debug" : wanted
    if (logLevels.indexOf(actual) < threshold) return
    const record = { at: now(), level: actual, message, fields }
    for (const sink of sinks) sink(record, redact)
  }

  return {
    ...createLogger(write, {}),
    level: () => logLevels[threshold] ?? "info",
    redact,
    setLevel(next) {
      threshold = logLevels.indexOf(next)
    },
    hide(secret) {
      const value = reveal(secret)
      // A very short one would be found in ordinary words.
      if (value.length < shortestHidden) return
      hidden.add(value)
      hidden.add(JSON.stringify(value).slice(1, -1))
    },
  }
}

type Write = (level: LogLevel, message: string, fields: LogFields) => void

function createLogger(write: Write, context: LogFields): Logger {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    write(level, message, { ...context, ...fields })
  }
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    with: (fields) => createLogger(write, { ...context, ...fields }),
  }
}

/** What makes two failures the same: who, what, and why; not how often or how long. */
function failureKey(message: string, fields: LogFields): string {
  const { service, method, key, error } = fields
  return JSON.stringify([message, service, method, key, error && reasonOf(error)])
}

function createRepeatFilter(now: () => number): (key: string) => boolean {
  const toldAt = new Map<string, number>()
  return (key) => {
    const last = toldAt.get(key)
    const passedMs = now() - (last ?? Number.NEGATIVE_INFINITY)
    // After the clock was set back, the time that was kept says nothing.
    if (passedMs >= 0 && passedMs < repeatAfterMs) return true
    toldAt.delete(key)
    toldAt.set(key, now())
    const oldest = toldAt.keys().next()
    if (toldAt.size > rememberedFailures && !oldest.done) toldAt.delete(oldest.value)
    return false
  }
}

/** One JSON object and a newline: `{"time":ISO,"level":…,"msg":…,…fields}`. Never throws. */
export function recordToJson({ at, level, message, fields }: LogRecord): string {
  const head = { time: new Date(at).toISOString(), level, msg: message }
  try {
    // Twice, so that the head comes first and no field can take its place.
    return `${JSON.stringify({ ...head, ...plainFields(fields), ...head })}\n`
  } catch {
    return `${JSON.stringify({ ...head, fields: "could not be written as JSON" })}\n`
  }
}

/** JSON lines to `write`, which must write all of it or none. */
export function jsonSink(write: (line: string) => void): LogSink {
  return (record, redact) => write(redact(recordToJson(record)))
}

/** For a person at a terminal. */
export function terminalSink(stream: NodeJS.WriteStream): LogSink {
  // The threshold is ours: consola gets only what is to be shown.
  const consola = createConsola({ level: 5, stdout: stream, stderr: stream })
  return ({ level, message, fields }, redact) => {
    const entries = Object.entries(plainFields(fields)).map(
      ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
    )
    consola[level](toPrintableLines(redact([message, ...entries].join("  "))))
  }
}

function plainFields(fields: LogFields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, plainValue(value)]),
  )
}

function plainValue(value: unknown): unknown {
  if (value instanceof TinaError)
    return value.hint ? `${value.message} (${value.hint})` : value.message
  // Anything else that is thrown is a defect, and its stack is the news.
  if (value instanceof Error) return value.stack ?? value.message
  if (typeof value === "bigint") return String(value)
  return value
}
