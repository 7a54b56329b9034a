/**
 * What rules did, and what waits for an approval: a bounded history, the newest last. A run that waits keeps the action
 * that was shown, so that what is approved is what runs; of two who decide about it, one does.
 */
import type { Database } from "bun:sqlite"
import { compact } from "../model/tolerant.ts"

export const ruleRunStatuses = [
  "submitted",
  "notified",
  "ran",
  "webhook_sent",
  "called",
  "error",
  "awaiting_approval",
  "approved",
  "denied",
  "expired",
  "skipped_budget",
  "skipped_depth",
] as const

export type RuleRunStatus = (typeof ruleRunStatuses)[number]

export interface NewRuleRun {
  readonly ruleId: string
  readonly eventType: string
  readonly status: RuleRunStatus
  /** How many rules led to it, this one included. */
  readonly depth: number
  readonly taskId?: string | undefined
  readonly error?: string | undefined
  /** JSON text of what is to be approved. */
  readonly pending?: string | undefined
  readonly expiresAt?: number | undefined
}

export interface RuleRun extends NewRuleRun {
  readonly id: number
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface RuleRuns {
  add(run: NewRuleRun): number
  get(id: number): RuleRun | undefined
  /** The newest first. */
  newest(limit: number): RuleRun[]
  /** Those that wait for an approval, the oldest first. */
  waiting(): RuleRun[]
  /** Takes one out of waiting; false when it does not wait any more. */
  decide(id: number, outcome: Pick<NewRuleRun, "status" | "taskId" | "error">): boolean
  /** Adds what became of one that was decided. */
  settle(id: number, outcome: Pick<NewRuleRun, "status" | "taskId" | "error">): void
  /** When the rule last ran, in milliseconds since the epoch. */
  lastAt(ruleId: string): number | undefined
  /** How often the rule ran since then, whatever came of it; where it was not let run does not count. */
  countSince(ruleId: string, time: number): number
}

interface Row {
  readonly id: number
  readonly rule: string
  readonly event_type: string
  readonly status: RuleRunStatus
  readonly depth: number
  readonly at: number
  readonly task: string | null
  readonly error: string | null
  readonly pending: string | null
  readonly expires_at: number | null
}

/** Beside those that wait. */
const mostKept = 500

export function createRuleRuns(db: Database, { now }: { readonly now: () => number }): RuleRuns {
  const sql = prepare(db)
  const rows = (found: readonly Row[]) => found.map(rowToRun)
  const first = (row: Row | null) => (row === null ? undefined : rowToRun(row))
  return {
    add({ ruleId, eventType, status, depth, taskId, error, pending, expiresAt }) {
      const { lastInsertRowid } = sql.insert.run({
        rule: ruleId,
        eventType,
        status,
        depth,
        at: now(),
        task: taskId ?? null,
        error: error ?? null,
        pending: pending ?? null,
        expiresAt: expiresAt ?? null,
      })
      sql.trim.run(mostKept)
      return Number(lastInsertRowid)
    },
    get: (id) => first(sql.select.get(id)),
    newest: (limit) => rows(sql.newest.all(limit)),
    waiting: () => rows(sql.waiting.all()),
    decide(id, { status, taskId = null, error = null }) {
      const change = { id, status, task: taskId, error, at: now() }
      return sql.decide.run(change).changes > 0
    },
    settle(id, { status, taskId = null, error = null }) {
      sql.settle.run({ id, status, task: taskId, error })
    },
    lastAt: (ruleId) => sql.lastAt.get(ruleId)?.at ?? undefined,
    countSince: (ruleId, time) => sql.countSince.get(ruleId, time)?.count ?? 0,
  }
}

type Values = Record<string, string | number | null>

function prepare(db: Database) {
  return {
    insert: db.query<never, Values>(`
      insert into rule_runs (rule, event_type, status, depth, at, task, error, pending, expires_at)
      values ($rule, $eventType, $status, $depth, $at, $task, $error, $pending, $expiresAt)`),
    trim: db.query<never, [number]>(`
      delete from rule_runs where status <> 'awaiting_approval'
        and id <= (select max(id) from rule_runs) - ?`),
    select: db.query<Row, [number]>("select * from rule_runs where id = ?"),
    newest: db.query<Row, [number]>("select * from rule_runs order by id desc limit ?"),
    waiting: db.query<Row, []>(`
      select * from rule_runs where status = 'awaiting_approval' order by id`),
    decide: db.query<never, Values>(`
      update rule_runs set status = $status, task = $task, error = $error, at = $at, pending = null
      where id = $id and status = 'awaiting_approval'`),
    settle: db.query<never, Values>(`
      update rule_runs set status = $status, task = $task, error = $error where id = $id`),
    lastAt: db.query<{ at: number | null }, [string]>(`
      select max(at) as at from rule_runs where rule = ?
        and status not in ('skipped_budget', 'skipped_depth')`),
    countSince: db.query<{ count: number }, [string, number]>(`
      select count(*) as count from rule_runs where rule = ? and at >= ?
        and status not in ('denied', 'expired', 'skipped_budget', 'skipped_depth')`),
  }
}

function rowToRun(row: Row): RuleRun {
  const { id, status, depth, at } = row
  return {
    id,
    ruleId: row.rule,
    eventType: row.event_type,
    status,
    depth,
    at,
    ...compact({
      taskId: row.task ?? undefined,
      error: row.error ?? undefined,
      pending: row.pending ?? undefined,
      expiresAt: row.expires_at ?? undefined,
    }),
  }
}
