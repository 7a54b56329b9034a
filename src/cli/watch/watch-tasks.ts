/**
 * `tasks --watch`: on a terminal one picture that changes in place; elsewhere, one line for each change.
 */
import type { TaskView } from "../../api/views.ts"
import { sleep } from "../../base/async.ts"
import type { CommandContext } from "../command.ts"
import type { LinkArgs } from "../daemon-link.ts"
import { renderTasks } from "../print/tasks.ts"
import { counted } from "../print/text.ts"
import { followTasks } from "./live-tasks.ts"
import type { TaskQuery } from "./live-tasks.ts"
import { createScreen } from "./screen.ts"
import { changeLine, changesBetween } from "./task-changes.ts"

export interface WatchOptions {
  readonly query: TaskQuery
  readonly link: LinkArgs
  readonly json: boolean
}

/** Watches until it is interrupted, and then throws the signal's reason. */
export async function watchTasks(options: WatchOptions, context: CommandContext): Promise<never> {
  if (context.stdout.isTerminal && !options.json) await watchOnScreen(options, context)
  else await watchAsLines(options, context)
  throw context.signal.reason
}

async function watchOnScreen(
  { query, link }: WatchOptions,
  context: CommandContext,
): Promise<void> {
  const screen = createScreen(context.stdout)
  let tasks: readonly TaskView[] | undefined
  let isAway = false
  const draw = () => {
    if (tasks !== undefined) screen.draw(picture(tasks, isAway, context))
  }
  using _resize = context.stdout.onResize(draw)
  const ticking = new AbortController()
  const ticks = redrawEachSecond(draw, AbortSignal.any([ticking.signal, context.signal]))
  try {
    await followTasks(
      {
        query,
        link,
        show(list) {
          tasks = list
          isAway = false
          draw()
        },
        onAway() {
          isAway = true
          draw()
        },
      },
      context,
    )
  } finally {
    ticking.abort()
    await ticks
    screen.end()
  }
}

/** The ages grow while nothing happens. */
async function redrawEachSecond(draw: () => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    draw()
    await sleep(1_000, signal).catch(() => {})
  }
}

function picture(tasks: readonly TaskView[], isAway: boolean, context: CommandContext): string[] {
  const { stdout, clock } = context
  const layout = { paint: stdout.paint, columns: stdout.size().columns, now: clock.now() }
  const working = tasks.filter(({ status }) => status === "in_progress").length
  const done = tasks.filter(({ status }) => status === "completed").length
  const footer = isAway
    ? stdout.paint("yellow", "the daemon has stopped; waiting for it to come back")
    : stdout.paint("dim", `${counted(tasks.length, "task")}, ${working} in progress, ${done} done`)
  return [...renderTasks(tasks, layout), "", `${footer}  ${stdout.paint("dim", "Ctrl-C ends")}`]
}

async function watchAsLines(
  { query, link, json }: WatchOptions,
  context: CommandContext,
): Promise<void> {
  const { stdout, stderr, clock } = context
  let before: readonly TaskView[] | undefined
  let isAway = false
  await followTasks(
    {
      query,
      link,
      show(tasks) {
        const at = new Date(clock.now()).toISOString()
        for (const change of changesBetween(before ?? tasks, tasks)) {
          const line = json
            ? JSON.stringify({ at, ...change })
            : changeLine(change, at, stdout.paint)
          stdout.write(`${line}\n`)
        }
        before = tasks
        isAway = false
      },
      onAway() {
        if (!isAway) stderr.write("the daemon has stopped; waiting for it to come back\n")
        isAway = true
      },
    },
    context,
  )
}
