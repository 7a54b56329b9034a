/**
 * The agent tasks, one row each, until they are forgotten. A row changes its state only as `model/agent-task.ts`
 * allows, and the database checks that in the same statement: of two who end a task, one does. Numbers are never
 * used again. The queue that says what may still run is `jobs`.
 */
import type { Database } from "bun:sqlite"
import { statesBefore, type AgentTaskState } from "../model/agent-task.ts"
import { compact } from "../model/tolerant.ts"

export interface NewAgentTask {
  readonly prompt: string
  readonly agent?: string | undefined
  /** The highest first. */
  readonly priority: number
  readonly cwd: string
  readonly timeoutMs: number
  /** Further variables for the agent. */
  readonly env: Readonly<Record<string, string>>
  readonly metadata: Readonly<Record<string, unknown>>
}

/** Times in milliseconds since the epoch. */
export interface AgentTask extends NewAgentTask {
  readonly number: number
  readonly state: AgentTaskState
  readonly createdAt: number
  readonly startedAt?: number | undefined
  readonly endedAt?: number | undefined
  readonly pid?: number | undefined
  /** What tells its process from a later one of the same number. */
  readonly identity?: string | undefined
  readonly exitCode?: number | undefined
  readonly result?: string | undefined
  readonly error?: string | undefined
  /** The end of what it printed. */
  readonly output: string
}

export interface AgentTaskEnd {
  readonly state: Exclude<AgentTaskState, "queued" | "running">
  readonly exitCode?: number | undefined
  readonly result?: string | undefined
  readonly error?: string | undefined
  readonly output?: string | undefined
}

export interface AgentTasks {
  /** The number of the new task, which is queued. */
  add(task: NewAgentTask): number
  get(number: number): AgentTask | undefined
  /** The newest first. */
  list(query: { readonly state?: AgentTaskState | undefined; readonly limit: number }): AgentTask[]
  /** Queued tasks in their turn: the highest priority first, and of the same one the oldest. */
  waiting(limit: number): AgentTask[]
  /** False when it was not queued. */
  start(number: number): boolean
  /** The process that runs it. */
  setProcess(number: number, process: { readonly pid: number; readonly identity?: string }): void
  /** False when no task may come into that state from the one in which this one is. */
  end(number: number, end: AgentTaskEnd): boolean
  counts(): Readonly<Record<AgentTaskState, number>>
  /** Finished ones that ended before this time. */
  endedBefore(time: number): readonly number[]
  forget(number: number): void
}

interface Row {
  readonly number: number
  readonly state: AgentTaskState
  readonly prompt: string
  readonly agent: string | null
  readonly priority: number
  readonly cwd: string
  readonly timeout_ms: number
  readonly env: string
  readonly metadata: string
  readonly created_at: number
  readonly started_at: number | null
  readonly ended_at: number | null
  readonly pid: number | null
  readonly identity: string | null
  readonly exit_code: number | null
  readonly result: string | null
  readonly error: string | null
  readonly output: string
}

export function createAgentTasks(
  db: Database,
  { now }: { readonly now: () => number },
): AgentTasks {
  const sql = prepare(db)
  return {
    add({ prompt, agent, priority, cwd, timeoutMs, env, metadata }) {
      const { lastInsertRowid } = sql.insert.run({
        prompt,
        agent: agent ?? null,
        priority,
        cwd,
        timeoutMs,
        env: JSON.stringify(env),
        metadata: JSON.stringify(metadata),
        createdAt: now(),
      })
      // Rows count from 1, tasks from 0.
      return Number(lastInsertRowid) - 1
    },
    get(number) {
      const row = sql.select.get(number + 1)
      return row === null ? undefined : rowToTask(row)
    },
    list: ({ state = null, limit }) => sql.list.all({ state, limit }).map(rowToTask),
    waiting: (limit) => sql.waiting.all(limit).map(rowToTask),
    start: (number) => sql.start.run(now(), number + 1).changes > 0,
    setProcess(number, { pid, identity = null }) {
      sql.setProcess.run(pid, identity, number + 1)
    },
    end(number, { state, exitCode = null, result = null, error = null, output = null }) {
      const from = JSON.stringify(statesBefore(state))
      const end = { state, from, exitCode, result, error, output, at: now(), row: number + 1 }
      return sql.end.run(end).changes > 0
    },
    counts() {
      const byState = new Map(sql.counts.all().map(({ state, count }) => [state, count]))
      const count = (state: AgentTaskState) => byState.get(state) ?? 0
      return {
        queued: count("queued"),
        running: count("running"),
        completed: count("completed"),
        failed: count("failed"),
        cancelled: count("cancelled"),
        timeout: count("timeout"),
        lost: count("lost"),
      }
    },
    endedBefore: (time) => sql.endedBefore.all(time).map(({ number }) => number - 1),
    forget(number) {
      sql.forget.run(number + 1)
    },
  }
}

function prepare(db: Database) {
  return {
    insert: db.query<never, Record<string, string | number | null>>(`
      insert into agent_tasks
        (state, prompt, agent, priority, cwd, timeout_ms, env, metadata, created_at)
      values ('queued', $prompt, $agent, $priority, $cwd, $timeoutMs, $env, $metadata, $createdAt)`),
    select: db.query<Row, [number]>("select * from agent_tasks where number = ?"),
    list: db.query<Row, { state: string | null; limit: number }>(`
      select * from agent_tasks where $state is null or state = $state
      order by number desc limit $limit`),
    waiting: db.query<Row, [number]>(`
      select * from agent_tasks where state = 'queued'
      order by priority desc, number limit ?`),
    start: db.query<never, [number, number]>(`
      update agent_tasks set state = 'running', started_at = ?
      where number = ? and state = 'queued'`),
    setProcess: db.query<never, [number, string | null, number]>(`
      update agent_tasks set pid = ?, identity = ? where number = ?`),
    end: db.query<never, Record<string, string | number | null>>(`
      update agent_tasks set state = $state, ended_at = $at, exit_code = $exitCode,
        result = $result, error = $error, output = coalesce($output, output)
      where number = $row and state in (select value from json_each($from))`),
    counts: db.query<{ state: AgentTaskState; count: number }, []>(`
      select state, count(*) as count from agent_tasks group by state`),
    endedBefore: db.query<{ number: number }, [number]>(`
      select number from agent_tasks where ended_at < ?`),
    forget: db.query<never, [number]>("delete from agent_tasks where number = ?"),
  }
}

function rowToTask(row: Row): AgentTask {
  return {
    number: row.number - 1,
    state: row.state,
    prompt: row.prompt,
    priority: row.priority,
    cwd: row.cwd,
    timeoutMs: row.timeout_ms,
    env: JSON.parse(row.env),
    metadata: JSON.parse(row.metadata),
    createdAt: row.created_at,
    output: row.output,
    ...compact({
      agent: row.agent ?? undefined,
      startedAt: row.started_at ?? undefined,
      endedAt: row.ended_at ?? undefined,
      pid: row.pid ?? undefined,
      identity: row.identity ?? undefined,
      exitCode: row.exit_code ?? undefined,
      result: row.result ?? undefined,
      error: row.error ?? undefined,
    }),
  }
}
