/** `task`: one-shot tasks for the pool of agents. What each of its verbs does is in `cli/task`. */
import { TinaError } from "../../base/errors.ts"
import { nearestWord } from "../../base/nearest.ts"
import { agentTaskStates } from "../../model/agent-task.ts"
import { command } from "../command.ts"
import { linkArgs } from "../daemon-link.ts"
import { cancelTask, getTask, listTasks, showStats } from "../task/ask.ts"
import { showOutput } from "../task/output.ts"
import { submitTask } from "../task/submit.ts"
import type { Verb } from "../task/verb.ts"

const verbs: Readonly<Record<string, Verb>> = {
  submit: submitTask,
  list: listTasks,
  get: getTask,
  cancel: cancelTask,
  stats: showStats,
  logs: showOutput,
}

export const taskVerbs: readonly string[] = Object.keys(verbs)

export const taskCommand = command({
  name: "task",
  usage: "submit PROMPT | list | get ID | cancel ID | stats | logs ID",
  args: {
    verb: { type: "positional", required: true, description: taskVerbs.join(", ") },
    what: {
      type: "positional",
      required: false,
      description: "The prompt (- reads it from standard input), or the name of the task",
    },
    agent: { type: "string", valueHint: "name", description: "submit: the agent to use" },
    priority: {
      type: "string",
      valueHint: "number",
      description: "submit: the highest goes first (0)",
    },
    timeout: {
      type: "string",
      valueHint: "duration",
      description: "submit: end it after this time, such as 30m",
    },
    cwd: { type: "string", valueHint: "dir", description: "submit: where to work (here)" },
    wait: { type: "boolean", description: "submit: wait for its end and print its result" },
    state: {
      type: "enum",
      options: [...agentTaskStates],
      valueHint: "state",
      description: "list: only tasks in this state",
    },
    limit: { type: "string", valueHint: "count", description: "list: how many at most (20)" },
    follow: { type: "boolean", alias: "f", description: "logs: stay until the task ends" },
    json: { type: "boolean", description: "For programs" },
    ...linkArgs,
  },
  details:
    "A task runs `claude -p` in the background, a few at a time. It is no task of a team: for those see `tasks`.",
  examples: [
    ['task submit "fix the failing test" --wait', "and print what the agent answers"],
    ["task submit - < prompt.md", "a prompt from a file; with -- one that begins with a dash"],
    ["task logs task-0003 -f", "what an agent prints, as it does"],
  ],
  async execute(args, context) {
    const verb = verbs[args.verb]
    if (verb === undefined || !Object.hasOwn(verbs, args.verb)) throw unknownVerb(args.verb)
    return await verb(args, context)
  },
})

function unknownVerb(word: string): TinaError {
  const meant = nearestWord(word, taskVerbs)
  return new TinaError("usage", `cannot run task ${word}: there is no such thing to do`, {
    hint: `tina-daemon task ${meant ?? "--help"}`,
  })
}
