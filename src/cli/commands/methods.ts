/** `methods`: the method table of this program. It needs no daemon. */
import { methodReference, methodViews } from "../../api/reference.ts"
import { command } from "../command.ts"
import { printJson } from "../print/json.ts"
import { renderTable } from "../print/table.ts"

export const methodsCommand = command({
  name: "methods",
  args: {
    json: { type: "boolean", description: "With the JSON Schema of parameters and results" },
    markdown: { type: "boolean", description: "As the reference in the documentation" },
  },
  examples: [['rpc tasks.list \'{"team":"auth-phase-1"}\'', "call one of them"]],
  async execute(args, { stdout }) {
    const methods = methodViews()
    if (args.json) printJson(stdout, { methods })
    else if (args.markdown) stdout.write(methodReference())
    else {
      const columns = [
        { title: "method" },
        { title: "access" },
        { title: "what it does", flexible: true },
      ] as const
      const rows = methods.map(({ name, access, summary }) => [
        { text: name, colour: "cyan" } as const,
        { text: access, colour: "dim" } as const,
        summary,
      ])
      const layout = { paint: stdout.paint, columns: stdout.size().columns }
      stdout.write(`${renderTable(columns, rows, layout).join("\n")}\n`)
    }
    return 0
  },
})
