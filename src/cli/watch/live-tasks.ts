/**
 * The task list as it is, shown at the start and after every change, from whichever daemon runs. When the
 * daemon goes away this waits for it to come back: a restart is no reason to end a watch.
 */
import { addAbortListener } from "node:events"
import type { TaskView } from "../../api/views.ts"
import { sleep } from "../../base/async.ts"
import type { CommandContext } from "../command.ts"
import { connectToDaemon, isNotRunning } from "../daemon-link.ts"
import type { LinkArgs } from "../daemon-link.ts"

export interface TaskQuery {
  readonly team?: string
  readonly all?: boolean
}

export interface LiveTasksOptions {
  readonly query: TaskQuery
  readonly link: LinkArgs
  readonly show: (tasks: readonly TaskView[]) => void
  /** The daemon has gone; `show` is called again when it is back. */
  readonly onAway: () => void
}

const retryMs = 300
/** A burst of changes is shown as one. */
const restMs = 40

/** Returns when the signal aborts. TinaError `not_running` if no daemon runs at the start. */
export async function followTasks(
  options: LiveTasksOptions,
  context: CommandContext,
): Promise<void> {
  const { signal } = context
  let wasConnected = false
  const show: LiveTasksOptions["show"] = (tasks) => {
    wasConnected = true
    options.show(tasks)
  }
  while (!signal.aborted) {
    try {
      await followOnce({ ...options, show }, context)
    } catch (error) {
      if (!signal.aborted && !(wasConnected && isNotRunning(error))) throw error
    }
    if (signal.aborted) return
    options.onAway()
    await sleep(retryMs, signal).catch(() => {})
  }
}

async function followOnce(
  { query, link, show }: LiveTasksOptions,
  context: CommandContext,
): Promise<void> {
  await using connection = await connectToDaemon(link, context)
  const { client } = connection
  using _stop = addAbortListener(context.signal, () => client.close())
  await client.call("events.subscribe", { topics: ["sync.changed"] })
  show((await client.call("tasks.list", query)).tasks)
  for await (const _ of client.notifications()) {
    await sleep(restMs, context.signal)
    client.skipNotifications()
    show((await client.call("tasks.list", query)).tasks)
  }
}
