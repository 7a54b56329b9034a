/**
 * One agent, from its start to its end: `claude … -p` in a process group of its own, never through a shell. The
 * prompt goes to its standard input, and only after its process was written down: an agent whose daemon died
 * before that has nothing to do and ends by itself. It tells how the task ended; who records that is the pool.
 */
import { processIdentity } from "../../base/process-identity.ts"
import { runProcess } from "../../base/process.ts"
import type { AgentTask, AgentTaskEnd } from "../../store/agent-tasks.ts"
import type { AgentDeps } from "./deps.ts"
import { endOf, type StopReason } from "./ending.ts"
import { agentEnvironment } from "./environment.ts"
import { createOutputEvents } from "./output-events.ts"
import { type AgentOutput, openOutput, outputPath } from "./output-file.ts"
import { aboutTask } from "./views.ts"

export interface AgentRun {
  readonly ended: Promise<AgentTaskEnd>
  /** TERM to the whole group, KILL to what does not obey. The first reason counts. */
  stop(reason: StopReason): void
  /** The end of what it has printed so far. */
  output(): string
}

/** Between TERM and KILL. */
const graceMs = 5_000
/** When the daemon itself has to end. */
const shortGraceMs = 2_000
const maxResultBytes = 256 * 1024

export function runAgent(task: AgentTask, deps: AgentDeps): AgentRun {
  const stop = new AbortController()
  let reason: StopReason | undefined
  const output = openOutput(outputPath(deps.outputDir, task.number), {
    maxBytes: deps.settings().maxOutputBytes,
    failed: deps.outputFailed,
  })
  const ended = run(task, { ...deps, output, signal: stop.signal, why: () => reason })
  return {
    ended,
    stop(why) {
      reason ??= why
      stop.abort()
    },
    output: output.tail,
  }
}

interface RunDeps extends AgentDeps {
  readonly output: AgentOutput
  readonly signal: AbortSignal
  readonly why: () => StopReason | undefined
}

async function run(task: AgentTask, deps: RunDeps): Promise<AgentTaskEnd> {
  const { number, timeoutMs } = task
  const { bus, output, signal, store } = deps
  const about = aboutTask(task)
  using events = createOutputEvents((stream, chunk) =>
    bus.publish("task.output", { ...about, stream, chunk }),
  )
  try {
    const outcome = await runProcess(commandOf(task, deps), {
      signal,
      timeLimitMs: timeoutMs,
      // Read when it is ended, which is when the reason is known.
      get graceMs() {
        return deps.why() === "stopping" ? shortGraceMs : graceMs
      },
      maxOutputBytes: maxResultBytes,
      onStarted(pid) {
        const identity = processIdentity(pid)
        store.agentTasks.setProcess(number, { pid, ...(identity !== undefined && { identity }) })
        deps.crashPoint("agent.spawned")
        bus.publish("task.started", { ...about, pid })
      },
      onOutput(stream, chunk) {
        output.write(chunk)
        events.push(stream, chunk)
      },
    })
    return endOf(outcome, { stopReason: deps.why(), timeoutMs, output: output.tail() })
  } finally {
    output.close()
  }
}

/** What the agent submits itself is told to come from it, and from the rule that it came from. */
function marksOf(task: AgentTask): Record<string, string> {
  const { taskId, cause } = aboutTask(task)
  return {
    TINA_TASK_ID: taskId,
    ...(cause !== undefined && { TINA_TASK_CAUSE: JSON.stringify(cause) }),
  }
}

function commandOf(task: AgentTask, { env, secrets, settings }: AgentDeps) {
  const { command, args, env: more } = settings()
  const agent = task.agent === undefined ? [] : ["--agent", task.agent]
  const given = agentEnvironment(env, { more, secrets })
  return {
    argv: [command, ...args, "-p", ...agent] as const,
    cwd: task.cwd,
    env: { ...given, ...task.env, ...marksOf(task) },
    stdin: task.prompt,
  }
}
