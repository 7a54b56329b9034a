/** The verbs of `task` that ask once and print the answer: list, get, cancel and stats. */
import type { AgentTaskView } from "../../api/agent-methods.ts"
import type { AgentTaskState } from "../../model/agent-task.ts"
import type { CommandContext } from "../command.ts"
import { connectToDaemon } from "../daemon-link.ts"
import type { Colour } from "../output.ts"
import { printJson } from "../print/json.ts"
import { renderTable, type Cell } from "../print/table.ts"
import { ageOf } from "../print/text.ts"
import { taskIdOf, wholeNumber, type Verb } from "./verb.ts"

export const listTasks: Verb = async (args, context) => {
  const limit = args.limit === undefined ? undefined : wholeNumber("list", "limit", args.limit)
  await using link = await connectToDaemon(args, context)
  const query = { ...(args.state && { state: args.state }), ...(limit !== undefined && { limit }) }
  const tasks = await link.client.call("task.list", query)
  if (args.json) printJson(context.stdout, { tasks })
  else printTasks(tasks, context)
  return 0
}

export const getTask: Verb = async (args, context) => {
  const taskId = taskIdOf(args)
  await using link = await connectToDaemon(args, context)
  printJson(context.stdout, await link.client.call("task.get", { taskId }))
  return 0
}

export const showStats: Verb = async (args, context) => {
  await using link = await connectToDaemon(args, context)
  printJson(context.stdout, await link.client.call("task.stats"))
  return 0
}

const exitNothingToCancel = 4

export const cancelTask: Verb = async (args, context) => {
  const taskId = taskIdOf(args)
  await using link = await connectToDaemon(args, context)
  const answer = await link.client.call("task.cancel", { taskId })
  const text = answer.cancelled ? "cancelled" : "not found or already completed"
  if (args.json) printJson(context.stdout, answer)
  else context.stdout.write(`Task ${taskId} ${text}\n`)
  return answer.cancelled ? 0 : exitNothingToCancel
}

const columns = [
  { title: "task" },
  { title: "state" },
  { title: "age", align: "right" },
  { title: "agent" },
  { title: "prompt", flexible: true },
  { title: "error", flexible: true },
] as const

const colours: Readonly<Record<AgentTaskState, Colour>> = {
  queued: "dim",
  running: "yellow",
  completed: "green",
  failed: "red",
  cancelled: "dim",
  timeout: "red",
  lost: "red",
}

function printTasks(tasks: readonly AgentTaskView[], { stdout, clock }: CommandContext): void {
  const layout = { paint: stdout.paint, columns: stdout.size().columns }
  const rows = tasks.map(({ id, state, createdAt, agent, prompt, error }): (Cell | string)[] => [
    { text: id, colour: "bold" },
    { text: state, colour: colours[state] },
    { text: ageOf(createdAt, clock.now()), colour: "dim" },
    agent ?? "",
    prompt,
    { text: error ?? "", colour: "dim" },
  ])
  const lines = rows.length === 0 ? ["No tasks found"] : renderTable(columns, rows, layout)
  stdout.write(`${lines.join("\n")}\n`)
}
