/** `tasks`: what each team works on, once or live. */
import { toPrintable } from "../../base/printable.ts"
import { command } from "../command.ts"
import type { CommandContext } from "../command.ts"
import { linkArgs } from "../daemon-link.ts"
import { printJson } from "../print/json.ts"
import { renderTasks } from "../print/tasks.ts"
import { counted } from "../print/text.ts"
import { openSource } from "../source.ts"
import type { TaskView } from "../../api/views.ts"

export const tasksCommand = command({
  name: "tasks",
  args: {
    team: { type: "string", valueHint: "team", description: "Only this team's" },
    all: { type: "boolean", description: "Deleted and internal tasks and ended teams too" },
    watch: {
      type: "boolean",
      alias: "w",
      description: "Stay, and show every change as it happens",
    },
    json: { type: "boolean", description: "For programs; with --watch one line for each change" },
    ...linkArgs,
  },
  examples: [
    ["tasks --watch", "follow all teams live"],
    ["tasks --team auth-phase-1 --all", "everything one team ever had"],
    ["tasks --json | jq '.tasks[].subject'", "for programs"],
  ],
  async execute(args, context) {
    const query = { ...(args.team && { team: args.team }), ...(args.all && { all: true }) }
    if (args.watch) {
      const { watchTasks } = await import("../watch/watch-tasks.ts")
      return await watchTasks({ query, link: args, json: args.json === true }, context)
    }
    await using source = await openSource(args, context)
    const { tasks } = await source.call("tasks.list", query)
    if (args.json) printJson(context.stdout, { tasks })
    else printTasks(tasks, args.team, context)
    return 0
  },
})

function printTasks(
  tasks: readonly TaskView[],
  team: string | undefined,
  { stdout, clock }: CommandContext,
): void {
  const layout = { paint: stdout.paint, columns: stdout.size().columns, now: clock.now() }
  const lines = renderTasks(tasks, layout)
  const teams = new Set(tasks.map(({ team }) => team)).size
  const footer =
    tasks.length === 0
      ? noTasks(team)
      : `\n${counted(tasks.length, "task")} in ${counted(teams, "team")}`
  stdout.write(`${[...lines, stdout.paint("dim", footer)].join("\n")}\n`)
}

function noTasks(team: string | undefined): string {
  return team === undefined
    ? "No tasks. Agents' tasks show up here as soon as a team has some."
    : `No tasks of ${toPrintable(team)}. What teams there are:  tina-daemon teams --all`
}
