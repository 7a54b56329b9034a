/** `deployment run`: calls a function as the owner, and prints what it returns. */
import { TinaError } from "../../../base/errors.ts"
import { isRecord, parseJson } from "../../../base/json.ts"
import { toPrintableLines } from "../../../base/printable.ts"
import { runFunction, watchQuery } from "../../../owner/functions.ts"
import { command } from "../../command.ts"
import { openOwnerLink, ownerArgs } from "../../owner-link.ts"

const exitFailed = 1

export const runCommand = command({
  name: "deployment run",
  usage: "FUNCTION [JSON]",
  args: {
    function: { type: "positional", required: true, description: "module:name" },
    json: { type: "positional", required: false, description: "Its arguments as a JSON object" },
    watch: {
      type: "boolean",
      description: "Print the result of a query each time that it changes",
    },
    ...ownerArgs,
  },
  details:
    'Values that JSON lacks are written as Convex does: {"$integer":"AQAAAAAAAAA="}. Exits with 1 when the function fails.',
  examples: [
    ["deployment run tokens:list", "an internal query"],
    ['deployment run tokens:issue \'{"role":"viewer","label":"phone"}\'', "a mutation"],
    ["deployment run tokens:list --watch", "follow it"],
  ],
  async execute(args, context) {
    const { stdout, stderr, signal } = context
    const call = { path: args.function, args: parseArguments(args.json) }
    const shown = args.json === undefined ? "" : ` '${args.json}'`
    const elsewhere = `npx convex run ${args.function}${shown}`
    await using link = await openOwnerLink(args, context, elsewhere)
    const print = (value: unknown) => stdout.write(`${JSON.stringify(value, null, 2)}\n`)
    if (args.watch === true) {
      await watchQuery(link, call, print)
      throw signal.reason
    }
    const ran = await runFunction(link, call)
    for (const line of ran.logLines) stderr.write(`${toPrintableLines(line)}\n`)
    if (ran.ok) print(ran.value)
    else stderr.write(`${stderr.paint("red", toPrintableLines(ran.message))}\n`)
    return ran.ok ? 0 : exitFailed
  },
})

function parseArguments(text: string | undefined): object {
  const json = parseJson(text ?? "{}")
  if (json.ok && isRecord(json.value)) return json.value
  const reason = json.ok ? "they are not an object" : json.reason
  throw new TinaError("usage", `cannot read the arguments: ${reason}`, {
    hint: `tina-daemon deployment run tokens:issue '{"role":"viewer"}'`,
  })
}
