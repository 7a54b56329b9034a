/**
 * `init`: writes the config file. It asks for what is not given; a token is never taken from the command line,
 * where other users of the machine could read it, but from the terminal or from standard input.
 */
import { dirname } from "node:path"
import { mkdir } from "node:fs/promises"
import { stringify } from "@std/toml"
import { TinaError } from "../../base/errors.ts"
import { readFileLimited, writeFileAtomic } from "../../base/files.ts"
import { configFileCandidates, expandHome } from "../../config/paths.ts"
import { settingsSchema } from "../../config/schema.ts"
import { type Asker, openAsker } from "../ask.ts"
import { command } from "../command.ts"

export const initCommand = command({
  name: "init",
  args: {
    config: { type: "string", valueHint: "path", description: "File to write" },
    local: { type: "boolean", description: "A deployment on this machine: no account, no network" },
    url: { type: "string", valueHint: "url", description: "Address of a Convex deployment" },
    "token-env": {
      type: "string",
      valueHint: "name",
      description: "Variable that will hold the token, instead of the file",
    },
    "node-name": { type: "string", valueHint: "name", description: "Name of this machine" },
    force: { type: "boolean", description: "Replace a config file that is there" },
  },
  details:
    "Asks for what is not given. Where there is no terminal, the token is read from standard input.",
  examples: [
    ["--local", "on this machine alone"],
    ["--url https://happy-otter-123.convex.cloud", "asks for the token of this node"],
  ],
  async execute(args, context) {
    const { around, stdout, signal } = context
    const path = args.config
      ? expandHome(args.config, around.home)
      : configFileCandidates(around)[0]
    if (!args.force) refuseToReplace(path)
    using asker = openAsker(signal)
    const settings = await askForSettings(args, asker)
    check(settings)
    await mkdir(dirname(path), { recursive: true })
    await writeFileAtomic(path, `${stringify(settings)}\n`, { mode: 0o600 })
    stdout.write(`wrote ${path}\n`)
    stdout.write(`start the daemon with  ${stdout.paint("bold", "tina-daemon start")}\n`)
    return 0
  },
})

interface InitArgs {
  readonly local?: boolean | undefined
  readonly url?: string | undefined
  readonly "token-env"?: string | undefined
  readonly "node-name"?: string | undefined
}

type FileSettings = Record<string, string>

async function askForSettings(args: InitArgs, asker: Asker): Promise<FileSettings> {
  const named = args["node-name"] ? { node_name: args["node-name"] } : {}
  const url = args.local
    ? "local"
    : args.url ||
      (await asker.ask("Address of the Convex deployment (empty: one on this machine): "))
  if (url === "" || url === "local") return { convex_url: "local", ...named }
  const variable = args["token-env"]
  if (variable) return { convex_url: url, auth_token_env: variable, ...named }
  const token = await asker.askSecret(
    'This node\'s token (npx convex run tokens:issue \'{"role":"node"}\'): ',
  )
  if (token !== "") return { convex_url: url, auth_token: token, ...named }
  throw new TinaError("usage", `cannot write a config for ${url}: no token was given`, {
    hint: `npx convex run tokens:issue '{"role":"node"}'`,
  })
}

function refuseToReplace(path: string): void {
  if (readFileLimited(path, 1).status === "missing") return
  throw new TinaError("conflict", `cannot write ${path}: it is there already`, {
    hint: "tina-daemon init --force",
  })
}

function check(settings: FileSettings): void {
  const [issue] = settingsSchema.safeParse(settings).error?.issues ?? []
  if (issue === undefined) return
  const name = issue.path.join(".")
  throw new TinaError("usage", `cannot write that: ${name} ${issue.message}`, {
    hint: "tina-daemon init --help",
  })
}
