/**
 * The SQL of the durable queue, prepared once. Each statement does one step of `jobs.ts`; what the steps mean
 * together is said there. Lists of ids are passed as JSON text.
 */
import type { Database } from "bun:sqlite"

export interface JobRow {
  readonly id: number
  readonly key: string | null
  readonly payload: string
  readonly bytes: number
  readonly attempts: number
  readonly created_at: number
}

export interface DeadRow {
  readonly id: number
  readonly key: string | null
  readonly payload: string
  readonly error: string | null
  readonly ended_at: number | null
}

type NewRow = {
  readonly queue: string
  readonly key: string | null
  readonly position: number
  readonly bytes: number
  readonly payload: string
  readonly createdAt: number
}

type Ending = {
  readonly endedAt: number
}

export type JobStatements = ReturnType<typeof createJobStatements>

export function createJobStatements(db: Database) {
  return {
    ...createWrites(db),
    ...createTransitions(db),
    ...createReads(db),
  }
}

function createWrites(db: Database) {
  return {
    /** A waiting job of the same key is replaced where it stands. */
    insert: db.query<never, NewRow>(`
      insert into jobs (queue, key, position, state, bytes, payload, created_at)
      values ($queue, $key, $position, 'ready', $bytes, $payload, $createdAt)
      on conflict (queue, key) where state = 'ready' do update
        set payload = excluded.payload, bytes = excluded.bytes, attempts = 0`),
    remove: db.query<never, [string]>(`
      delete from jobs where id in (select value from json_each(?)) and state = 'running'`),
    dropSuperseded: db.query<never, [string]>(`
      delete from jobs where id in (select value from json_each(?)) and state = 'running'
        and exists (select 1 from jobs newer where newer.queue = jobs.queue
          and newer.key = jobs.key and newer.state = 'ready')`),
    withdraw: db.query<never, [string, string]>(`
      delete from jobs where queue = ? and key = ? and state = 'ready'`),
    purge: db.query<never, { queue: string; endedBefore: number }>(`
      delete from jobs where queue = $queue and ended_at is not null and ended_at < $endedBefore`),
  }
}

function createTransitions(db: Database) {
  return {
    start: db.query<never, [string]>(`
      update jobs set state = 'running' where id in (select value from json_each(?))`),
    finish: db.query<never, Ending & { ids: string }>(`
      update jobs set state = 'done', ended_at = $endedAt
      where id in (select value from json_each($ids)) and state = 'running'`),
    release: db.query<never, [string]>(`
      update jobs set state = 'ready'
      where id in (select value from json_each(?)) and state = 'running'`),
    toBack: db.query<never, { id: number; position: number }>(`
      update jobs set state = 'ready', position = $position, attempts = attempts + 1
      where id = $id and state = 'running'`),
    bury: db.query<never, Ending & { id: number; error: string }>(`
      update jobs set state = 'dead', error = $error, ended_at = $endedAt
      where id = $id and state = 'running'`),
  }
}

function createReads(db: Database) {
  const isStarted = db.query<{ found: 1 }, [string, string]>(`
    select 1 as found from jobs where queue = ? and key = ? and state <> 'ready'`)
  const counts = db.query<{ state: string; count: number }, [string]>(`
    select state, count from job_counts where queue = ?`)
  const oldest = db.query<{ created_at: number }, [string]>(`
    select created_at from jobs where queue = ? and state = 'ready' order by position limit 1`)
  return {
    /** In order; a key that is running has to wait for its end. */
    ready: db.query<JobRow, [string, number]>(`
      select id, key, payload, bytes, attempts, created_at from jobs
      where queue = ? and state = 'ready' and not exists (
        select 1 from jobs other where other.queue = jobs.queue and other.key = jobs.key
          and other.state <> 'ready' and other.state = 'running')
      order by position limit ?`),
    readyByKey: db.query<JobRow, [string, string]>(`
      select id, key, payload, bytes, attempts, created_at from jobs
      where queue = ? and key = ? and state = 'ready'`),
    running: db.query<JobRow, [string]>(`
      select id, key, payload, bytes, attempts, created_at from jobs
      where queue = ? and state = 'running' order by position`),
    dead: db.query<DeadRow, [string, number]>(`
      select id, key, payload, error, ended_at from jobs
      where queue = ? and state = 'dead' order by ended_at desc, id desc limit ?`),
    isStarted: (queue: string, key: string) => isStarted.get(queue, key) !== null,
    stats(queue: string) {
      const byState = new Map(counts.all(queue).map((row) => [row.state, row.count]))
      const count = (state: string) => byState.get(state) ?? 0
      const oldestAt = oldest.get(queue)?.created_at
      return { ready: count("ready"), running: count("running"), dead: count("dead"), oldestAt }
    },
    maxPosition(): number {
      const top = db.query<{ top: number | null }, []>(`
        select max((select max(position) from jobs
          where jobs.queue = job_counts.queue and jobs.state = job_counts.state)) as top
        from job_counts`)
      return top.get()?.top ?? 0
    },
  }
}
