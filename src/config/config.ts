/**
 * Config: everything the program was told, checked, in the units the code uses, and frozen. A service is
 * given its part of it, never the whole.
 */
import { join } from "node:path"
import { TinaError } from "../base/errors.ts"
import { Secret } from "../base/redact.ts"
import type { FileWatch, Job, Rule } from "../model/rule.ts"
import type { Layers, Source } from "./layers.ts"
import { configFileCandidates, expandHome, type StatePaths } from "./paths.ts"
import type { ProfileName, Settings } from "./schema.ts"
import { readVariable, type Surroundings } from "./surroundings.ts"

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

export interface ConfigInput {
  readonly settings: Settings
  readonly layers: Layers
  readonly around: Surroundings
  readonly paths: StatePaths
  readonly file: string | undefined
}

export function settingsToConfig(input: ConfigInput): Config {
  const { settings, layers, around, paths, file } = input
  return deepFreeze({
    profile: layers.profile,
    nodeName: settings.node_name ?? around.hostname,
    claudeDir: chooseClaudeDir(settings, around),
    httpPort: settings.http_port,
    deployment: chooseDeployment(input),
    sync: syncConfig(settings.sync, around),
    heartbeat: { intervalMs: settings.heartbeat.interval },
    log: {
      level: settings.log.level,
      format: settings.log.format,
      maxFileBytes: settings.log.max_file_bytes,
      keepFiles: settings.log.keep_files,
    },
    actions: { command: settings.actions.command, timeLimitMs: settings.actions.time_limit },
    agents: agentsConfig(settings.agents, around),
    automation: automationConfig(settings, around),
    watchdog: {
      maxRssBytes: settings.watchdog.max_rss,
      maxCpuShare: settings.watchdog.max_cpu / 100,
      maxEventLoopDelayMs: settings.watchdog.max_delay,
      minutes: settings.watchdog.minutes,
    },
    retention: {
      deadJobsMs: settings.retention.dead_jobs,
      endedTeamsMs: settings.retention.ended_teams,
      historyMs: settings.retention.history,
      receiptsMs: settings.retention.receipts,
    },
    paths,
    file,
    sources: layers.sources,
  })
}

function syncConfig(sync: Settings["sync"], around: Surroundings): SyncConfig {
  return {
    adopt: sync.adopt,
    worktrees: sync.worktrees.map((path) => expandHome(path, around.home)),
    // macOS tells nobody when it drops file events, so the scan has to find them sooner.
    scanIntervalMs: sync.scan_interval ?? (around.platform === "darwin" ? 5_000 : 30_000),
    maxFileBytes: sync.max_file_bytes,
  }
}

function agentsConfig(agents: Settings["agents"], around: Surroundings): AgentsConfig {
  const { enabled, command, args, env } = agents
  return {
    enabled,
    command: expandHome(command, around.home),
    args,
    maxParallel: agents.max_parallel,
    timeoutMs: agents.timeout,
    queueLimit: agents.queue_limit,
    cwd: expandHome(agents.cwd ?? around.home, around.home),
    env,
    maxOutputBytes: agents.max_output_bytes,
    retentionMs: agents.retention,
  }
}

function automationConfig(settings: Settings, { home }: Surroundings): AutomationConfig {
  const { enabled, budget, approval_time } = settings.automation
  const inHome = (path: string) => expandHome(path, home)
  return {
    enabled,
    budget,
    approvalMs: approval_time,
    rules: settings.rules.map((rule) => withHome(rule, inHome)),
    jobs: settings.jobs,
    watch: settings.watch.map((watch) => ({ ...watch, path: inHome(watch.path) })),
  }
}

function withHome(rule: Rule, inHome: (path: string) => string): Rule {
  const { trigger, action } = rule
  const root = "root" in trigger && trigger.root !== undefined ? { root: inHome(trigger.root) } : {}
  const cwd = "cwd" in action && action.cwd !== undefined ? { cwd: inHome(action.cwd) } : {}
  return { ...rule, trigger: { ...trigger, ...root }, action: { ...action, ...cwd } }
}

export function chooseClaudeDir(settings: Settings, around: Surroundings): string {
  const chosen = settings.claude_dir ?? readVariable(around, "CLAUDE_CONFIG_DIR")
  return chosen === undefined ? join(around.home, ".claude") : expandHome(chosen, around.home)
}

function chooseDeployment(input: ConfigInput): DeploymentConfig {
  const { settings } = input
  if (settings.convex_url === undefined) throw nothingToConnectTo(input)
  if (settings.convex_url === "local") {
    const { port, redact_errors: redactErrors } = settings.local
    return { kind: "local", port, redactErrors }
  }
  const url = settings.convex_url.replace(/\/+$/, "")
  const authToken = tokenOf("auth_token", input)
  if (authToken === undefined) throw missingToken(input, url)
  return { kind: "remote", url, authToken, pageToken: tokenOf("page_token", input) }
}

/** The setting itself, else the variable that it names. */
function tokenOf(
  setting: "auth_token" | "page_token",
  { settings, around }: ConfigInput,
): Secret | undefined {
  const given = settings[setting]
  if (given !== undefined) return new Secret(given)
  const name = settings[`${setting}_env`]
  if (name === undefined) return undefined
  const token = readVariable(around, name)
  if (token !== undefined) return new Secret(token)
  throw new TinaError("config", `cannot read the token: ${name} (${setting}_env) is not set`, {
    hint: `export ${name}=...`,
  })
}

function nothingToConnectTo(input: ConfigInput): TinaError {
  const place = configPlace(input)
  return new TinaError("config", `cannot choose a deployment: convex_url is not set in ${place}`, {
    hint: "tina-daemon --local (runs a deployment on this machine), or tina-daemon init (writes that file)",
  })
}

function missingToken(input: ConfigInput, url: string): TinaError {
  const problem = `auth_token is not set in ${configPlace(input)}, nor TINA_AUTH_TOKEN`
  return new TinaError("config", `cannot connect to ${url}: ${problem}`, {
    hint: "tina-daemon --local (needs no token), or tina-daemon init (writes that file)",
  })
}

function configPlace({ file, around }: ConfigInput): string {
  return file ?? configFileCandidates(around)[0]
}

/** Secrets and maps are left alone: the first has nothing to change, the second is typed as read-only. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value
  if (value instanceof Secret || value instanceof Map) return value
  for (const part of Object.values(value)) deepFreeze(part)
  return Object.freeze(value)
}
