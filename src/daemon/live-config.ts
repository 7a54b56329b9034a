/**
 * The configuration in effect: the one of the start, with everything that was taken over since. What is fixed for
 * the life of a process keeps the value it started with, whatever the file says by now.
 */
import type { Config } from "../config/config.ts"
import { changedSections, type Section } from "../config/sections.ts"

export interface LiveConfig {
  /** To be asked each time: what it returned before may be out of date. */
  (): Config
  /** Which sections differ from the last configuration that was taken over; they do not any more. */
  takeOver(next: Config): Section[]
  /** Which sections of the last configuration wait for a new process. */
  waiting(): Section[]
}

/** Who we are and to whom we talk: the promises, the claims and the page hang on it. */
const fixed: readonly Section[] = ["convex_url", "auth_token", "page_token", "node_name", "local"]

export function createLiveConfig(started: Config): LiveConfig {
  let latest = started
  let inEffect = started
  return Object.assign(() => inEffect, {
    takeOver(next: Config) {
      const changed = changedSections(latest, next)
      latest = next
      const { nodeName, deployment, paths } = started
      inEffect = Object.freeze({ ...next, nodeName, deployment, paths })
      return changed
    },
    waiting: () => changedSections(started, latest).filter((name) => fixed.includes(name)),
  })
}
