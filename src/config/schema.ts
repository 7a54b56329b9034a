/**
 * The only list of settings: name, meaning, default and check of each. The loader and the table in the
 * documents read it.
 */
import { z } from "zod"
import { count, duration, flag, mustBeTable, path, period, port, size, text } from "./kinds.ts"
import { profileNames, profileSettings } from "./profiles.ts"
import { automationSettings, jobSettings, ruleSettings, watchSettings } from "./rules/settings.ts"

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
    mustBeTable,
  )
  .prefault({})

export const settingsSchema = z.strictObject({
  ...profileSettings,
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
      mustBeTable,
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
          .describe(
            "Time between two scans for what no watcher told; on Linux every fourth is a full one (see ARCHITECTURE.md)",
          )
          .meta({ defaultText: "`5s` on macOS, `30s` elsewhere" }),
        max_file_bytes: size
          .prefault("1MiB")
          .describe("A larger file is reported as a problem and not read"),
      },
      mustBeTable,
    )
    .prefault({}),
  heartbeat: z
    .strictObject(
      {
        interval: duration
          .prefault("30s")
          .describe("Time between two signs of life to the deployment"),
      },
      mustBeTable,
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
      mustBeTable,
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
      mustBeTable,
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
      mustBeTable,
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
      mustBeTable,
    )
    .prefault({}),
})

export type Settings = z.output<typeof settingsSchema>
