/** `rpc`: any method of the running daemon, with its result as JSON. */
import { addAbortListener } from "node:events"
import { TinaError } from "../../base/errors.ts"
import { parseJson } from "../../base/json.ts"
import { command } from "../command.ts"
import type { CommandContext } from "../command.ts"
import type { ControlClient } from "../../control/client.ts"
import { connectToDaemon, linkArgs } from "../daemon-link.ts"
import { printJson } from "../print/json.ts"

export const rpcCommand = command({
  name: "rpc",
  args: {
    method: {
      type: "positional",
      required: true,
      description: "Its name, as `tina-daemon methods` lists it",
    },
    json: { type: "positional", required: false, description: "Its parameters as a JSON object" },
    ...linkArgs,
  },
  examples: [
    ["rpc daemon.status", "the whole status as JSON"],
    ['rpc tasks.list \'{"team":"auth-phase-1"}\'', "with parameters"],
    ["rpc events.subscribe", "every event as it happens, one line each"],
  ],
  async execute(args, context) {
    const params = parseParams(args.json)
    await using link = await connectToDaemon(args, context)
    const result = await link.client.callAny(args.method, params)
    if (args.method === "events.subscribe") return await printEvents(link.client, context)
    printJson(context.stdout, result)
    return 0
  },
})

function parseParams(text: string | undefined): unknown {
  if (text === undefined) return {}
  const json = parseJson(text)
  if (json.ok) return json.value
  throw new TinaError("usage", `cannot read the parameters: ${json.reason}`, {
    hint: `tina-daemon rpc tasks.list '{"all":true}'`,
  })
}

async function printEvents(client: ControlClient, context: CommandContext): Promise<never> {
  using _stop = addAbortListener(context.signal, () => client.close())
  for await (const { kind, record } of client.notifications()) {
    context.stdout.write(`${JSON.stringify(kind === "event" ? record : { lagged: record })}\n`)
  }
  context.signal.throwIfAborted()
  throw new TinaError("not_running", "cannot go on: the daemon has stopped", {
    hint: "tina-daemon status",
  })
}
