/**
 * The tables of the store, as the list of steps that lead to them. A step that was released never changes;
 * the number of steps a file has seen is its `user_version`. Only SQL that the system SQLite of macOS knows.
 */

/**
 * `jobs`: every durable queue. `position` is the place in its queue. At most one job of a key waits.
 * `job_counts` is kept by triggers, so that asking how many wait costs the same with a million of them.
 * `snapshot`: what was promised to the deployment, by the source that it came from.
 */
const first = `
create table jobs (
  id         integer primary key,
  queue      text    not null,
  key        text,
  position   integer not null,
  state      text    not null check (state in ('ready', 'running', 'done', 'dead')),
  attempts   integer not null default 0,
  bytes      integer not null,
  payload    text    not null,
  error      text,
  created_at integer not null,
  ended_at   integer
) strict;

create index jobs_in_order on jobs (queue, state, position);
create unique index jobs_waiting on jobs (queue, key) where state = 'ready';
create index jobs_started on jobs (queue, key) where state <> 'ready';
create index jobs_ended on jobs (queue, ended_at) where ended_at is not null;

create table job_counts (
  queue text    not null,
  state text    not null,
  count integer not null,
  primary key (queue, state)
) strict, without rowid;

create trigger jobs_counted_in after insert on jobs begin
  insert into job_counts values (new.queue, new.state, 1)
    on conflict do update set count = count + 1;
end;

create trigger jobs_counted_out after delete on jobs begin
  update job_counts set count = count - 1 where queue = old.queue and state = old.state;
end;

create trigger jobs_counted_over after update of state on jobs when old.state <> new.state begin
  update job_counts set count = count - 1 where queue = old.queue and state = old.state;
  insert into job_counts values (new.queue, new.state, 1)
    on conflict do update set count = count + 1;
end;

create table snapshot (
  source text not null,
  key    text not null,
  value  text not null,
  primary key (source, key)
) strict;

create table key_values (
  key   text primary key,
  value text not null
) strict, without rowid;
`

/** `agent_tasks`: prompts for the pool of agents and what became of them. Numbers are never used again. */
const agentTasks = `
create table agent_tasks (
  number     integer primary key autoincrement,
  state      text    not null check (state in
    ('queued', 'running', 'completed', 'failed', 'cancelled', 'timeout', 'lost')),
  prompt     text    not null,
  agent      text,
  priority   integer not null,
  cwd        text    not null,
  timeout_ms integer not null,
  env        text    not null,
  metadata   text    not null,
  created_at integer not null,
  started_at integer,
  ended_at   integer,
  pid        integer,
  identity   text,
  exit_code  integer,
  result     text,
  error      text,
  output     text    not null default ''
) strict;

create index agent_tasks_by_state on agent_tasks (state, priority desc, number);
create index agent_tasks_ended on agent_tasks (ended_at) where ended_at is not null;
`

/** `rule_runs`: what rules did, and what waits for an approval. */
const ruleRuns = `
create table rule_runs (
  id         integer primary key autoincrement,
  rule       text    not null,
  event_type text    not null,
  status     text    not null,
  depth      integer not null,
  at         integer not null,
  task       text,
  error      text,
  pending    text,
  expires_at integer
) strict;

create index rule_runs_of_rule on rule_runs (rule, at);
create index rule_runs_waiting on rule_runs (id) where status = 'awaiting_approval';
`

export const migrations: readonly string[] = [first, agentTasks, ruleRuns]
