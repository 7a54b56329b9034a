/** `deployment env`: the variables that functions find in `process.env`. */
import { TinaError } from "../../../base/errors.ts"
import { toPrintable } from "../../../base/printable.ts"
import { listVariables, setVariables } from "../../../owner/variables.ts"
import { openAsker } from "../../ask.ts"
import { command } from "../../command.ts"
import type { CommandContext } from "../../command.ts"
import { type OwnerLink, openOwnerLink, ownerArgs } from "../../owner-link.ts"
import { usageError } from "../../usage.ts"

interface EnvArgs {
  readonly name?: string | undefined
  readonly value?: string | undefined
  readonly values?: boolean | undefined
}

type Verb = (link: OwnerLink, args: EnvArgs, context: CommandContext) => Promise<void>

export const envCommand = command({
  name: "deployment env",
  usage: "list | get NAME | set NAME [VALUE] | remove NAME",
  args: {
    verb: { type: "positional", required: true, description: "list, get, set or remove" },
    name: { type: "positional", required: false, description: "Of the variable" },
    value: { type: "positional", required: false, description: "Asked for when it is left out" },
    values: { type: "boolean", description: "With list: show the values too" },
    ...ownerArgs,
  },
  details:
    "Functions see a change at once, and queries that read the variable run again. A value on the command line is seen by other users of the machine: leave it out to be asked, or to have it read from standard input.",
  examples: [
    ["deployment env set TINA_HISTORY_DAYS 90", "keep the history of tasks for so long"],
    ["deployment env list --values", "with what they hold"],
  ],
  async execute(args, context) {
    const run = verbs[args.verb]
    if (run === undefined) throw unknownVerb(args.verb)
    const words = ["npx convex env", args.verb, args.name ?? []].flat()
    await using link = await openOwnerLink(args, context, words.join(" "))
    await run(link, args, context)
    return 0
  },
})

const verbs: Readonly<Record<string, Verb>> = {
  async list(link, { values = false }, { stdout }) {
    const variables = await listVariables(link)
    if (variables.length === 0) stdout.write("No environment variables.\n")
    for (const { name, value } of variables) {
      stdout.write(`${name}=${values ? toPrintable(value) : stdout.paint("dim", "(hidden)")}\n`)
    }
  },
  async get(link, args, { stdout }) {
    const name = nameOf(args)
    const found = (await listVariables(link)).find((variable) => variable.name === name)
    if (found === undefined) {
      throw new TinaError("not_found", `cannot read ${name}: there is no such variable`, {
        hint: "tina-daemon deployment env list",
      })
    }
    stdout.write(`${found.value}\n`)
  },
  async set(link, args, { signal }) {
    const name = nameOf(args)
    await setVariables(link, { [name]: args.value ?? (await askValue(name, signal)) })
  },
  async remove(link, args) {
    await setVariables(link, { [nameOf(args)]: null })
  },
}

function nameOf({ name }: EnvArgs): string {
  if (name !== undefined) return name
  throw new TinaError("usage", "cannot tell which variable is meant: NAME is missing", {
    hint: "tina-daemon deployment env --help",
  })
}

async function askValue(name: string, signal: AbortSignal): Promise<string> {
  using asker = openAsker(signal)
  return await asker.askSecret(`Value of ${name}: `)
}

function unknownVerb(verb: string): TinaError {
  const problem = `"${verb}" is none of list, get, set and remove`
  return usageError("deployment env", problem, ["list"])
}
