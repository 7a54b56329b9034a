/** From checked settings to a Config: units, defaults that depend on the machine, `~`, and the deployment that is meant. */
import { join } from "node:path"
import { Secret } from "../base/redact.ts"
import type { Rule } from "../model/rule.ts"
import { chooseDeployment } from "./choose-deployment.ts"
import type { AgentsConfig, AutomationConfig, Config, SyncConfig } from "./config.ts"
import type { Layers } from "./layers.ts"
import { expandHome, type StatePaths } from "./paths.ts"
import type { Settings } from "./schema.ts"
import { readVariable, type Surroundings } from "./surroundings.ts"

export interface ConfigInput {
  readonly settings: Settings
  readonly layers: Layers
  readonly around: Surroundings
  readonly paths: StatePaths
  readonly file: string | undefined
}

/** TinaError `config` when it is not said which deployment is meant, or its token is missing. */
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

/** Secrets and maps are left alone: the first has nothing to change, the second is typed as read-only. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value
  if (value instanceof Secret || value instanceof Map) return value
  for (const part of Object.values(value)) deepFreeze(part)
  return Object.freeze(value)
}
