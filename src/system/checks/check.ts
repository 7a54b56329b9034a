/** What a check of `doctor` is: one question about this machine, answered with what to do about it. */

export const findingStatuses = ["ok", "warn", "fail"] as const
export type FindingStatus = (typeof findingStatuses)[number]

export interface Finding {
  readonly status: FindingStatus
  readonly message: string
  /** A command for a person to run. */
  readonly fix?: string
}

export interface Check {
  /** Two or three words, as the line is headed. */
  readonly name: string
  /** Changes nothing. What it throws is reported as a failure of the check. */
  look(signal: AbortSignal): Promise<Finding>
  /** Mends what `look` found, where that may be done unasked. It is only run after a warning or a failure. */
  mend?(signal: AbortSignal): Promise<void>
}

export function ok(message: string): Finding {
  return { status: "ok", message }
}

export function warn(message: string, fix?: string): Finding {
  return { status: "warn", message, ...(fix !== undefined && { fix }) }
}

export function fail(message: string, fix?: string): Finding {
  return { status: "fail", message, ...(fix !== undefined && { fix }) }
}

export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"]
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1)
  const value = bytes / 1_000 ** power
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`
}
