/**
 * The only list of settings: name, meaning, default and check of each. The loader, `config show` and the
 * table in the README all read it. Messages continue the setting's name: "http_port must be ...".
 */
import { z } from "zod"
import { automationSettings, jobSettings, ruleSettings, watchSettings } from "./rules/settings.ts"
import { parseDuration, parseSize } from "./units.ts"

export const profileNames = ["prod", "dev"] as const
export type ProfileName = (typeof profileNames)[number]

/** Also accepted where a profile is named. */
export const profileAliases: Readonly<Record<string, ProfileName>> = {
  production: "prod",
  development: "dev",
}

const text = z.string({ error: "must be text" })
const flag = z.boolean({ error: "must be true or false" })

const port = z
  .number({ error: "must be a port from 0 to 65535" })
  .refine((value) => Number.isInteger(value) && value >= 0 && value <= 65_535, {
    error: "must be a port from 0 to 65535",
  })

const period = text.transform((value, context) => {
  const ms = parseDuration(value)
  if (ms !== undefined && ms > 0) return ms
  context.addIssue('must be a duration such as "500ms", "30s", "5m" or "2h"')
  return z.NEVER
})

/** A period that somebody waits for. Timers count milliseconds in 31 bits and fire at once beyond that. */
const duration = period.refine((ms) => ms <= longestWaitMs, { error: "must be at most 24d" })
const longestWaitMs = 24 * 86_400_000

const sizeError = 'must be a number of bytes or a size such as "512KiB"'

const size = z.union([z.number(), z.string()], { error: sizeError }).transform((value, context) => {
  const bytes = typeof value === "number" ? value : parseSize(value)
  if (bytes !== undefined && Number.isSafeInteger(bytes) && bytes > 0) return bytes
  context.addIssue(sizeError)
  return z.NEVER
})

const path = text.refine((value) => /^(\/|~\/|~$)/.test(value), {
  error: 'must be an absolute path or begin with "~/"',
})

const convexUrl = text.refine((value) => value === "local" || isHttpUrl(value), {
  error: 'must be "local" or an address such as "https://name.convex.cloud"',
})

const isTable = { error: "must be a table" }

/** What each profile may set for itself. */
const connection = {
  convex_url: convexUrl
    .optional()
    .describe('Address of the Convex deployment; "local" runs one inside the daemon'),
  auth_token: text.optional().describe("This node's token for the deployment"),
  auth_token_env: text
    .optional()
    .describe("Name of an environment variable that holds the token, used without `auth_token`"),
  page_token: text
    .optional()
    .describe(
      "An operator's or a viewer's token, with which the page is opened; only looks without",
    ),
  page_token_env: text
    .optional()
    .describe("Name of an environment variable that holds it, used without `page_token`"),
  node_name: text
    .optional()
    .describe("Name of this machine in the deployment")
    .meta({ defaultText: "the host's name" }),
  http_port: port
    .default(7842)
    .describe(
      "Port on 127.0.0.1 of the page, the methods, /health and /metrics; 0 picks a free one",
    ),
}

export const profileSchema = z.strictObject(connection, isTable).partial()

const count = z.int({ error: "must be a whole number" }).min(1, { error: "must be at least 1" })

const agentSettings = z
  .strictObject(
    {
      enabled: flag.default(true).describe("Run agents for tasks that are submitted"),
      command: text
        .min(1, { error: "must name a command" })
        .default("claude")
        .describe("Program that is given `-p` and, on its standard input, the prompt"),
      args: z
        .array(text, { error: "must be a list of text" })
        .default([])
        .describe("Its arguments before `-p`, such as `--permission-mode`"),
      max_parallel: count
        .max(100, { error: "must be at most 100" })
        .default(3)
        .describe("Agents that run at the same time"),
      timeout: duration.prefault("2h").describe("An agent is ended after this time"),
      queue_limit: count.default(256).describe("Tasks that may wait; more are refused"),
      cwd: path
        .optional()
        .describe("Where agents run that are not told otherwise")
        .meta({ defaultText: "the home directory" }),
      env: z
        .array(text, { error: "must be a list of names" })
        .default([])
        .describe("More variables to hand on, beside those that programs and Claude Code need"),
      max_output_bytes: size
        .prefault("10MiB")
        .describe("What is kept of an agent's output in its file"),
      retention: period.prefault("30d").describe("How long a task that ended is kept"),
    },
    isTable,
  )
  .prefault({})

export const settingsSchema = z.strictObject({
  ...connection,
  active_env: z
    .enum([...profileNames, "production", "development"], {
      error: `must be one of ${profileNames.join(", ")}`,
    })
    .default("prod")
    .describe("Profile to use: the table `[prod]` or `[dev]`, which may set any of the above"),
  claude_dir: path
    .optional()
    .describe("Claude Code's directory, with `teams` and `tasks`")
    .meta({ defaultText: "`CLAUDE_CONFIG_DIR`, else `~/.claude`" }),
  local: z
    .strictObject(
      {
        port: port
          .default(3210)
          .describe("Port on 127.0.0.1 of the local deployment; the next free one if it is taken"),
        redact_errors: flag
          .default(false)
          .describe(
            "Tell clients of the local deployment no more of an error than production deployments of Convex tell",
          ),
      },
      isTable,
    )
    .prefault({}),
  sync: z
    .strictObject(
      {
        adopt: flag
          .default(true)
          .describe("Show a team that no orchestration claims as an orchestration of its own"),
        worktrees: z
          .array(path, { error: "must be a list of paths" })
          .default([])
          .describe("More git worktrees in which to look for an orchestration's state"),
        scan_interval: duration
          .optional()
          .describe("Time between two full scans; changes are seen at once in between")
          .meta({ defaultText: "`5s` on macOS, `30s` elsewhere" }),
        max_file_bytes: size
          .prefault("1MiB")
          .describe("A larger file is reported as a problem and not read"),
      },
      isTable,
    )
    .prefault({}),
  heartbeat: z
    .strictObject(
      {
        interval: duration
          .prefault("30s")
          .describe("Time between two signs of life to the deployment"),
      },
      isTable,
    )
    .prefault({}),
  log: z
    .strictObject(
      {
        level: z
          .enum(["debug", "info", "warn", "error"], { error: "must be debug, info, warn or error" })
          .default("info")
          .describe("The least severe lines that are written"),
        format: z
          .enum(["auto", "text", "json"], { error: "must be auto, text or json" })
          .default("auto")
          .describe("Form of a line; `auto` is text on a terminal and JSON elsewhere"),
        max_file_bytes: size.prefault("10MiB").describe("A log file of this size is rotated"),
        keep_files: z
          .int({ error: "must be a whole number" })
          .min(1, { error: "must be at least 1" })
          .max(100, { error: "must be at most 100" })
          .default(5)
          .describe("Log files to keep, the current one included"),
      },
      isTable,
    )
    .prefault({}),
  actions: z
    .strictObject(
      {
        command: z
          .array(text, { error: "must be a list of text" })
          .min(1, { error: "must name a command" })
          .optional()
          .describe("Command, with its first arguments, that carries out an action")
          .meta({ defaultText: "this program's `session`" }),
        time_limit: duration
          .prefault("5m")
          .describe("A command that carries out an action is ended after this time"),
      },
      isTable,
    )
    .prefault({}),
  agents: agentSettings,
  automation: automationSettings,
  rules: ruleSettings,
  jobs: jobSettings,
  watch: watchSettings,
  watchdog: z
    .strictObject(
      {
        max_rss: size.prefault("1GiB").describe("Memory that the daemon may use"),
        max_cpu: z
          .number({ error: "must be a number of percent" })
          .positive({ error: "must be more than 0" })
          .default(95)
          .describe("Percent of one processor core that it may use"),
        max_delay: duration.prefault("10s").describe("How late its event loop may be"),
        minutes: z
          .int({ error: "must be a whole number" })
          .min(1, { error: "must be at least 1" })
          .default(10)
          .describe("It is started anew when one of these is exceeded for so many minutes on end"),
      },
      isTable,
    )
    .prefault({}),
  retention: z
    .strictObject(
      {
        dead_jobs: period
          .prefault("30d")
          .describe("How long a job that could not be done is kept for inspection"),
        ended_teams: period
          .prefault("30d")
          .describe(
            "How long a team that ended is kept here, in lists and for late writes of its tasks",
          ),
        history: period
          .prefault("90d")
          .describe(
            "How long the local deployment keeps changes of tasks and events; elsewhere its variable `TINA_HISTORY_DAYS` says so",
          ),
        receipts: period
          .prefault("30d")
          .describe(
            "How long it keeps actions that ended and were observed; elsewhere `TINA_RECEIPTS_DAYS`",
          ),
      },
      isTable,
    )
    .prefault({}),
})

export type Settings = z.output<typeof settingsSchema>

export interface SettingDescription {
  /** Dotted: `sync.adopt`. */
  readonly key: string
  readonly description: string
  /** In Markdown; absent where there is no default. */
  readonly defaultText: string | undefined
}

/** Every setting in the order of the schema, for documents and for `config show`. */
export function describeSettings(): readonly SettingDescription[] {
  return describeTable("", z.toJSONSchema(settingsSchema, { io: "input" }))
}

function describeTable(prefix: string, schema: z.core.JSONSchema.JSONSchema): SettingDescription[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    if (typeof property === "boolean") return []
    const key = prefix + name
    if (property.type === "object") return describeTable(`${key}.`, property)
    return [{ key, description: property.description ?? "", defaultText: defaultTextOf(property) }]
  })
}

function defaultTextOf(schema: z.core.JSONSchema.JSONSchema): string | undefined {
  const { defaultText, default: value } = schema
  if (typeof defaultText === "string") return defaultText
  return value === undefined ? undefined : `\`${JSON.stringify(value)}\``
}

function isHttpUrl(value: string): boolean {
  const url = URL.parse(value)
  return (
    url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === ""
  )
}
