/** `task submit`: gives the pool a prompt, and with --wait its result. */
import { resolve } from "node:path"
import type { Params } from "../../api/methods.ts"
import { isRecord, parseJson } from "../../base/json.ts"
import { toPrintableLines } from "../../base/printable.ts"
import { parseDuration } from "../../config/units.ts"
import type { CommandContext } from "../command.ts"
import { connectToDaemon } from "../daemon-link.ts"
import { printJson } from "../print/json.ts"
import { taskEnded } from "./ended.ts"
import { type TaskArgs, type Verb, wholeNumber, wrongArgument } from "./verb.ts"

const exitTaskFailed = 1

export const submitTask: Verb = async (args, context) => {
  const params = await submission(args, context)
  await using link = await connectToDaemon(args, context)
  const submitted = await link.client.call("task.submit", params)
  if (args.wait) return await waitForResult(submitted.taskId, args, context)
  if (args.json) printJson(context.stdout, submitted)
  else context.stdout.write(`Task submitted: ${submitted.taskId} (${submitted.state})\n`)
  return 0
}

async function submission(
  { what, agent, priority, timeout, cwd }: TaskArgs,
  context: CommandContext,
): Promise<Params<"task.submit">> {
  const prompt = what === "-" ? await Bun.stdin.text() : what
  if (prompt === undefined || prompt === "") {
    throw wrongArgument("submit", "the prompt is missing", 'submit "fix the failing test"')
  }
  return {
    prompt,
    // An agent works where it is asked for, as it would when it was started by hand.
    cwd: resolve(context.cwd, cwd ?? "."),
    ...(agent !== undefined && { agent }),
    ...metadataOf(context.around),
    ...(priority !== undefined && { priority: wholeNumber("submit", "priority", priority) }),
    ...(timeout !== undefined && { timeoutMs: durationOf(timeout) }),
  }
}

/** An agent that submits a task says which one it is, so that a chain of rules does not begin anew with it. */
function metadataOf({ env }: CommandContext["around"]): Pick<Params<"task.submit">, "metadata"> {
  const parent = env["TINA_TASK_ID"]
  if (parent === undefined || parent === "") return {}
  const cause = parseJson(env["TINA_TASK_CAUSE"] ?? "")
  const ofRule = cause.ok && isRecord(cause.value) ? cause.value : {}
  return { metadata: { source: "agent", parent, ...ofRule } }
}

function durationOf(text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined && ms > 0) return ms
  throw wrongArgument("submit", `--timeout must be a duration, not "${text}"`, "submit --help")
}

async function waitForResult(
  taskId: string,
  args: TaskArgs,
  context: CommandContext,
): Promise<number> {
  const { stdout, stderr, signal } = context
  if (!args.json) stderr.write(`${stderr.paint("dim", `(waiting for ${taskId})`)}\n`)
  await using link = await connectToDaemon(args, context)
  const task = await taskEnded(link.client, taskId, { signal })
  if (args.json) printJson(stdout, task)
  else if (task.result !== null)
    stdout.write(stdout.isTerminal ? toPrintableLines(task.result) : task.result)
  if (task.state === "completed") return 0
  if (!args.json)
    stderr.write(
      `${taskId} ${task.state}${task.error ? `: ${toPrintableLines(task.error)}` : ""}\n`,
    )
  return exitTaskFailed
}
