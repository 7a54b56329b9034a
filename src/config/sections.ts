/**
 * The parts of a configuration that can change by themselves, under the names of their settings: what a reload
 * compares, and by what a service says which of them it uses.
 */
import { reveal } from "../base/redact.ts"
import type { Config } from "./config.ts"
import type { Settings } from "./schema.ts"

/** A top-level setting. The variable that a token comes from is part of the token. */
export type Section = Exclude<keyof Settings, "auth_token_env" | "page_token_env">

const partOf: { readonly [S in Section]: (config: Config) => unknown } = {
  convex_url: ({ deployment }) => (deployment.kind === "remote" ? deployment.url : "local"),
  auth_token: ({ deployment }) =>
    deployment.kind === "remote" ? reveal(deployment.authToken) : undefined,
  page_token: ({ deployment }) =>
    deployment.kind === "remote" && deployment.pageToken !== undefined
      ? reveal(deployment.pageToken)
      : undefined,
  node_name: ({ nodeName }) => nodeName,
  http_port: ({ httpPort }) => httpPort,
  active_env: ({ profile }) => profile,
  claude_dir: ({ claudeDir }) => claudeDir,
  local: ({ deployment }) => (deployment.kind === "local" ? deployment : undefined),
  sync: ({ sync }) => sync,
  heartbeat: ({ heartbeat }) => heartbeat,
  log: ({ log }) => log,
  actions: ({ actions }) => actions,
  agents: ({ agents }) => agents,
  automation: ({ automation: { enabled, budget, approvalMs } }) => ({
    enabled,
    budget,
    approvalMs,
  }),
  rules: ({ automation }) => automation.rules,
  jobs: ({ automation }) => automation.jobs,
  watch: ({ automation }) => automation.watch,
  watchdog: ({ watchdog }) => watchdog,
  retention: ({ retention }) => retention,
}

/** In the order of the schema. */
export const sections: readonly Section[] = Object.keys(partOf).filter(isSection)

/** Which sections differ between two readings of the configuration, in the order of the schema. */
export function changedSections(before: Config, after: Config): Section[] {
  return sections.filter((name) => !Bun.deepEquals(partOf[name](before), partOf[name](after)))
}

function isSection(name: string): name is Section {
  return Object.hasOwn(partOf, name)
}
