/** Which sections of the configuration differ between two readings of it. */
import type { Config } from "../config/config.ts"

const sections = [
  "profile",
  "nodeName",
  "claudeDir",
  "httpPort",
  "deployment",
  "sync",
  "heartbeat",
  "log",
  "actions",
  "watchdog",
  "retention",
] as const satisfies readonly (keyof Config)[]

export function changedSections(before: Config, after: Config): string[] {
  return sections.filter((section) => !Bun.deepEquals(before[section], after[section]))
}
