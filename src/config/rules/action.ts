/**
 * What a rule does, in every form in which it may be written, as the one that runs. A command is a list of words for
 * one program: there is no shell, and nothing of an event is ever put into a command's text.
 */
import { z } from "zod"
import type { RuleAction } from "../../model/rule.ts"
import { compact } from "../../model/tolerant.ts"
import { mustBeTable, path, text } from "../kinds.ts"
import { duration, milliseconds, texts } from "./fields.ts"

const priority = z.int({ error: "must be a whole number" }).default(0)
const variables = z.record(z.string(), text, { error: "must be a table of text" })
const agent = z
  .strictObject(
    {
      type: z.enum(["agent", "submit_task"]),
      prompt: text.nullable().default(""),
      agent: text.optional(),
      priority,
      env: variables.optional(),
      cwd: path.optional(),
      timeout: duration.optional(),
    },
    mustBeTable,
  )
  .transform(({ prompt, agent, priority, env, cwd, timeout }): RuleAction => {
    const given = compact({ agent, env, cwd, timeoutMs: timeout })
    return { type: "agent", prompt: prompt ?? "", priority, ...given }
  })

/** One agent is told how often it may try; nothing starts it again. */
const ralph = z
  .strictObject(
    {
      type: z.literal("ralph"),
      objective: text,
      completion: text.optional(),
      max_iterations: z.int({ error: "must be a whole number" }).positive().optional(),
    },
    mustBeTable,
  )
  .transform(({ objective, completion, max_iterations }): RuleAction => {
    const done = completion === undefined ? [] : [`It is done when: ${completion}`]
    const tries = max_iterations === undefined ? [] : [`Give up after ${max_iterations} attempts.`]
    return { type: "agent", prompt: [objective, ...done, ...tries].join("\n\n"), priority: 0 }
  })

const notify = z
  .strictObject({ type: z.literal("notify"), message: text, channel: text.optional() }, mustBeTable)
  .transform(({ message, channel }): RuleAction => ({
    type: "notify",
    message,
    ...compact({ channel }),
  }))

/** Text is split at spaces, where that can mean one thing only. */
const words = z
  .union([texts, z.string()], { error: "must be a list of words" })
  .transform((value, context) => {
    const list = typeof value === "string" ? value.trim().split(/\s+/) : value
    const [program = ""] = list
    if (program === "" || program.includes("{{")) {
      context.addIssue("must begin with the program, as it stands")
    } else if (typeof value === "string" && /["'`$;&|<>(){}*?\\~#]/.test(value)) {
      context.addIssue("is not read by a shell: write it as a list of words")
    }
    return list
  })

const cli = z
  .strictObject(
    {
      type: z.literal("cli"),
      command: words,
      cwd: path.optional(),
      timeout: duration.default(300_000),
    },
    mustBeTable,
  )
  .transform(({ command, cwd, timeout }): RuleAction => ({
    type: "cli",
    command,
    timeoutMs: timeout,
    ...compact({ cwd }),
  }))

const webhook = z
  .strictObject(
    {
      type: z.literal("webhook"),
      url: text.refine((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ""), {
        error: "must be an http or https address",
      }),
      headers: variables.default({}),
      headers_env: variables.default({}),
      timeout_ms: milliseconds.default(10_000),
    },
    mustBeTable,
  )
  .transform(({ url, headers, headers_env, timeout_ms }): RuleAction => ({
    type: "webhook",
    url,
    headers,
    headersEnv: headers_env,
    timeoutMs: timeout_ms,
  }))

const method = z
  .strictObject(
    {
      type: z.literal("method"),
      method: text,
      params: z.record(z.string(), z.unknown(), mustBeTable).default({}),
    },
    mustBeTable,
  )
  .transform((given): RuleAction => given)

const shell = z
  .looseObject({ type: z.literal("shell") })
  .transform((_given, context): RuleAction => {
    context.addIssue({
      code: "custom",
      path: ["type"],
      message: 'cannot be "shell": use "cli" with `command` as a list of words',
    })
    return z.NEVER
  })

const known = "agent, submit_task, ralph, notify, cli, webhook or method"

export const action = z.discriminatedUnion(
  "type",
  [agent, ralph, notify, cli, webhook, method, shell],
  { error: `must be a table whose type is ${known}` },
)
