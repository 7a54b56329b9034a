/**
 * Config: everything the program was told, checked, in the units the code uses, and frozen. A service is
 * given its part of it, never the whole.
 */
import type { Secret } from "../base/redact.ts"
import type { FileWatch, Job, Rule } from "../model/rule.ts"
import type { Source } from "./layers.ts"
import type { StatePaths } from "./paths.ts"
import type { ProfileName } from "./profiles.ts"
import type { Settings } from "./schema.ts"

export type DeploymentConfig =
  | { readonly kind: "local"; readonly port: number; readonly redactErrors: boolean }
  | {
      readonly kind: "remote"
      /** Without a slash at its end. */
      readonly url: string
      readonly authToken: Secret
      /** A person's, for the page; without one the page gets the node's and can only look. */
      readonly pageToken: Secret | undefined
    }

export interface SyncConfig {
  readonly adopt: boolean
  readonly worktrees: readonly string[]
  readonly scanIntervalMs: number
  readonly maxFileBytes: number
}

export interface LogConfig {
  readonly level: Settings["log"]["level"]
  readonly format: Settings["log"]["format"]
  readonly maxFileBytes: number
  readonly keepFiles: number
}

/** What this process may use, and for how many minutes on end it may use more. */
export interface WatchdogConfig {
  readonly maxRssBytes: number
  /** 1 is a whole core. */
  readonly maxCpuShare: number
  readonly maxEventLoopDelayMs: number
  readonly minutes: number
}

export interface AgentsConfig {
  readonly enabled: boolean
  readonly command: string
  readonly args: readonly string[]
  readonly maxParallel: number
  readonly timeoutMs: number
  readonly queueLimit: number
  readonly cwd: string
  /** Names of variables. */
  readonly env: readonly string[]
  readonly maxOutputBytes: number
  readonly retentionMs: number
}

export interface AutomationConfig {
  readonly enabled: boolean
  /** Runs of one rule in an hour. */
  readonly budget: number
  readonly approvalMs: number
  readonly rules: readonly Rule[]
  readonly jobs: readonly Job[]
  readonly watch: readonly FileWatch[]
}

export interface Config {
  readonly profile: ProfileName
  readonly nodeName: string
  readonly claudeDir: string
  readonly httpPort: number
  readonly deployment: DeploymentConfig
  readonly sync: SyncConfig
  readonly heartbeat: { readonly intervalMs: number }
  readonly log: LogConfig
  readonly actions: {
    /** Absent: this program's own `session` commands. */
    readonly command: readonly string[] | undefined
    readonly timeLimitMs: number
  }
  readonly agents: AgentsConfig
  readonly automation: AutomationConfig
  readonly watchdog: WatchdogConfig
  readonly retention: {
    readonly deadJobsMs: number
    readonly endedTeamsMs: number
    readonly historyMs: number
    readonly receiptsMs: number
  }
  readonly paths: StatePaths
  /** The file that was read, if there is one. */
  readonly file: string | undefined
  /** By dotted setting; one that is absent has its default. */
  readonly sources: ReadonlyMap<string, Source>
}
