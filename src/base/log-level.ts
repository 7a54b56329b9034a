/** How bad the thing is that a line of the log tells, from least to most. */

export const logLevels = ["debug", "info", "warn", "error"] as const
export type LogLevel = (typeof logLevels)[number]
