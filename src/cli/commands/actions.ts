/** `actions`: what operators asked of this machine, and how far each got. */
import type { ActionView } from "../../api/views.ts"
import { command } from "../command.ts"
import type { CommandContext } from "../command.ts"
import { connectToDaemon, linkArgs } from "../daemon-link.ts"
import type { Colour } from "../output.ts"
import { printJson } from "../print/json.ts"
import { renderTable } from "../print/table.ts"
import type { Cell } from "../print/table.ts"
import { ageOf } from "../print/text.ts"

export const actionsCommand = command({
  name: "actions",
  args: { json: { type: "boolean", description: "For programs" }, ...linkArgs },
  examples: [["actions --json | jq '.actions[0].steps'", "the receipt of the newest"]],
  async execute(args, context) {
    await using link = await connectToDaemon(args, context)
    const { actions } = await link.client.call("actions.list")
    if (args.json) printJson(context.stdout, { actions })
    else printActions(actions, context)
    return 0
  },
})

const columns = [
  { title: "action" },
  { title: "feature" },
  { title: "status" },
  { title: "step" },
  { title: "age", align: "right" },
  { title: "by" },
  { title: "message", flexible: true },
] as const

const colours: Readonly<Record<ActionView["status"], Colour>> = {
  pending: "dim",
  claimed: "yellow",
  started: "yellow",
  completed: "green",
  failed: "red",
  unknown: "red",
}

function printActions(actions: readonly ActionView[], { stdout, clock }: CommandContext): void {
  const layout = { paint: stdout.paint, columns: stdout.size().columns }
  const rows = actions.map((action) => actionRow(action, clock.now()))
  const lines = rows.length === 0 ? ["No actions."] : renderTable(columns, rows, layout)
  stdout.write(`${lines.join("\n")}\n`)
}

function actionRow(action: ActionView, now: number): (Cell | string)[] {
  const { type, feature, status, steps, requestedBy, errorCode, message = "" } = action
  const [first] = steps
  return [
    { text: type, colour: "bold" },
    feature ?? "",
    { text: status, colour: colours[status] },
    { text: steps.at(-1)?.step ?? "", colour: "dim" },
    { text: first === undefined ? "" : ageOf(first.at, now), colour: "dim" },
    requestedBy,
    { text: errorCode === undefined ? message : `${errorCode}: ${message}`, colour: "dim" },
  ]
}
