/**
 * What one transaction has read, written and scheduled, held against Convex's limits: a function that
 * passes here must not fail there. Nested calls share the counts of the transaction that they are part of.
 */
import { refusal } from "./failure.ts"

const MIB = 1024 * 1024

export const transactionLimits = {
  bytesRead: 16 * MIB,
  bytesWritten: 16 * MIB,
  databaseQueries: 4096,
  documentsRead: 32_000,
  documentsWritten: 16_000,
  functionsScheduled: 1000,
  scheduledFunctionArgsBytes: 16 * MIB,
} as const

export type Quantity = keyof typeof transactionLimits

export const quantities = [
  "bytesRead",
  "bytesWritten",
  "databaseQueries",
  "documentsRead",
  "documentsWritten",
  "functionsScheduled",
  "scheduledFunctionArgsBytes",
] as const satisfies readonly Quantity[]

export type Usage = Record<Quantity, number>

export function createUsage(): Usage {
  return {
    bytesRead: 0,
    bytesWritten: 0,
    databaseQueries: 0,
    documentsRead: 0,
    documentsWritten: 0,
    functionsScheduled: 0,
    scheduledFunctionArgsBytes: 0,
  }
}

const readingAdvice =
  "Consider using smaller limits in your queries, paginating your queries, or using indexed queries with a selective index range expressions."

const phrases: Readonly<Record<Quantity, (limit: number) => string>> = {
  bytesRead: (limit) => exceeded("bytes read", `${limit} bytes`, readingAdvice),
  bytesWritten: (limit) => exceeded("bytes written", `${limit} bytes`),
  databaseQueries: (limit) => exceeded("reads", limit, readingAdvice),
  documentsRead: (limit) => exceeded("documents read", limit, readingAdvice),
  documentsWritten: (limit) => exceeded("writes", limit),
  functionsScheduled: (limit) => exceeded("functions scheduled", limit),
  scheduledFunctionArgsBytes: (limit) =>
    exceeded("bytes of scheduled function arguments", `${limit} bytes`),
}

function exceeded(what: string, limit: number | string, advice?: string): string {
  const text = `Too many ${what} in a single function execution (limit: ${limit}).`
  return advice === undefined ? text : `${text} ${advice}`
}

/** Counts an amount, and refuses when it passes the limit. */
export function spend(usage: Usage, quantity: Quantity, amount: number): void {
  usage[quantity] += amount
  const limit = transactionLimits[quantity]
  if (usage[quantity] > limit) throw refusal(phrases[quantity](limit))
}
