/**
 * What may be asked of the automation: its rules, what they did, and what waits for an approval. Names and
 * shapes are those that clients of AIWG's daemon know.
 */
import { z } from "zod"
import { lazy } from "../base/lazy.ts"
import { method, nothing } from "./method.ts"

const iso = lazy(() => z.iso.datetime())
const count = lazy(() => z.int().nonnegative())
const data = lazy(() => z.record(z.string(), z.unknown()))

export const ruleView = lazy(() =>
  z.strictObject({
    id: z.string(),
    description: z.string().optional(),
    /** In the form that runs, whatever the grammar in which it was written. */
    trigger: data(),
    conditions: z.array(data()),
    action: data(),
    enabled: z.boolean(),
    cooldownMs: count(),
    requiresApproval: z.boolean(),
  }),
)

export const ruleExecutionView = lazy(() =>
  z.strictObject({
    ruleId: z.string(),
    eventType: z.string(),
    status: z.string(),
    timestamp: iso(),
    taskId: z.string().optional(),
    error: z.string().optional(),
  }),
)

export const automationView = lazy(() =>
  z.strictObject({
    enabled: z.boolean(),
    ruleCount: count(),
    rules: z.array(ruleView()),
    /** The newest ten, the newest first. */
    recentExecutions: z.array(ruleExecutionView()),
  }),
)

export const approvalView = lazy(() =>
  z.strictObject({
    id: z.int().positive(),
    ruleId: z.string(),
    eventType: z.string(),
    /** What is done if it is approved, word for word. */
    action: data(),
    since: iso(),
    expiresAt: iso(),
  }),
)

export const schedulerView = lazy(() =>
  z.strictObject({
    enabled: z.boolean(),
    jobs: count(),
    /** By the name of the job; of one that never was there is none. */
    last_fires: z.record(z.string(), iso()),
  }),
)

export const fileWatcherView = lazy(() =>
  z.strictObject({
    enabled: z.boolean(),
    paths: z.array(z.string()),
    events_received: count(),
  }),
)

export type RuleView = z.infer<ReturnType<typeof ruleView>>
export type RuleExecutionView = z.infer<ReturnType<typeof ruleExecutionView>>
export type AutomationView = z.infer<ReturnType<typeof automationView>>
export type ApprovalView = z.infer<ReturnType<typeof approvalView>>
export type SchedulerView = z.infer<ReturnType<typeof schedulerView>>
export type FileWatcherView = z.infer<ReturnType<typeof fileWatcherView>>

const oneRule = lazy(() => z.strictObject({ ruleId: z.string().max(100).optional() }))
const oneApproval = lazy(() => z.strictObject({ id: z.int().positive() }))

/** Whether there is such a rule where one was named, else how it is now for all of them. */
const toggled = lazy(() =>
  z.union([z.strictObject({ success: z.boolean() }), z.strictObject({ enabled: z.boolean() })]),
)

const eventWord = lazy(() =>
  z.string().regex(/^[A-Za-z][\w.:-]{0,99}$/, { error: "must be a dotted name" }),
)

export const automationMethods = {
  "automation.status": method({
    summary: "The rules, whether they run, and what they did last",
    access: "read",
    input: nothing,
    output: automationView,
  }),
  "automation.enable": method({
    summary: "Let one rule run, or all; kept over restarts",
    access: "write",
    input: oneRule,
    output: toggled,
  }),
  "automation.disable": method({
    summary: "Let one rule not run, or none; kept over restarts",
    access: "write",
    input: oneRule,
    output: toggled,
  }),
  "automation.approvals": method({
    summary: "What rules want to do and may only when somebody approves it",
    access: "read",
    input: nothing,
    output: () => z.strictObject({ approvals: z.array(approvalView()) }),
  }),
  "automation.approve": method({
    summary: "Do what a rule wanted to do",
    access: "write",
    input: oneApproval,
    output: () => z.strictObject({ execution: ruleExecutionView() }),
  }),
  "automation.deny": method({
    summary: "Do not do what a rule wanted to do",
    access: "write",
    input: oneApproval,
    output: () => z.strictObject({ execution: ruleExecutionView() }),
  }),
  "automation.emit": method({
    summary: "Tell the rules of an event; which of them it set off",
    access: "write",
    input: () =>
      z.strictObject({
        type: eventWord(),
        source: eventWord().default("manual"),
        payload: data()
          .refine((given) => JSON.stringify(given).length <= 65_536, { error: "is too large" })
          .default({}),
      }),
    output: () => z.strictObject({ rules: z.array(z.string()) }),
  }),
} as const

export const automationEvents = {
  /** A time of the schedule came, or was made up for. */
  "cron.fired": () => z.strictObject({ job_id: z.string(), missed: z.boolean() }),
  /** A rule did something, or was not let do it. */
  "rule.executed": () =>
    z.strictObject({
      ruleId: z.string(),
      status: z.string(),
      taskId: z.string().optional(),
      error: z.string().optional(),
    }),
  /** What a rule has to tell people. */
  "rule.notify": () =>
    z.strictObject({
      ruleId: z.string(),
      message: z.string(),
      channel: z.string().optional(),
    }),
  /** A rule waits for an approval. */
  "rule.awaiting": () =>
    z.strictObject({ id: z.int().positive(), ruleId: z.string(), expiresAt: iso() }),
  /** Rules were switched on or off. */
  "automation.changed": () => z.strictObject({ enabled: z.boolean() }),
} as const
