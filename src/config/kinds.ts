/** The kinds of value that a setting may have. Each message continues the setting's name: "http_port must be ...". */
import { z } from "zod"
import { parseDuration, parseSize } from "./units.ts"

export const text = z.string({ error: "must be text" })
export const flag = z.boolean({ error: "must be true or false" })

export const port = z
  .number({ error: "must be a port from 0 to 65535" })
  .refine((value) => Number.isInteger(value) && value >= 0 && value <= 65_535, {
    error: "must be a port from 0 to 65535",
  })

export const period = text.transform((value, context) => {
  const ms = parseDuration(value)
  if (ms !== undefined && ms > 0) return ms
  context.addIssue('must be a duration such as "500ms", "30s", "5m" or "2h"')
  return z.NEVER
})

/** A period that somebody waits for. Timers count milliseconds in 31 bits and fire at once beyond that. */
export const duration = period.refine((ms) => ms <= longestWaitMs, { error: "must be at most 24d" })
const longestWaitMs = 24 * 86_400_000

const sizeError = 'must be a number of bytes or a size such as "512KiB"'

export const size = z
  .union([z.number(), z.string()], { error: sizeError })
  .transform((value, context) => {
    const bytes = typeof value === "number" ? value : parseSize(value)
    if (bytes !== undefined && Number.isSafeInteger(bytes) && bytes > 0) return bytes
    context.addIssue(sizeError)
    return z.NEVER
  })

export const path = text.refine((value) => /^(\/|~\/|~$)/.test(value), {
  error: 'must be an absolute path or begin with "~/"',
})

export const convexUrl = text.refine((value) => value === "local" || isHttpUrl(value), {
  error: 'must be "local" or an address such as "https://name.convex.cloud"',
})

export const count = z
  .int({ error: "must be a whole number" })
  .min(1, { error: "must be at least 1" })

export const mustBeTable = { error: "must be a table" }

function isHttpUrl(value: string): boolean {
  const url = URL.parse(value)
  return (
    url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === ""
  )
}
