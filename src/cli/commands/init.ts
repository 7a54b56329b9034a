/**
 * `init`: writes the config file. It asks for what is not given; a token is never taken from the command line,
 * where other users of the machine could read it, but from the terminal or from standard input.
 */
import { dirname } from "node:path"
import { mkdir } from "node:fs/promises"
import { stringify } from "@std/toml"
import { TinaError } from "../../base/errors.ts"
import { readFileLimited, writeFileAtomic } from "../../base/files.ts"
import { shellWord } from "../../base/shell-word.ts"
import { issueNodeToken, issuePageToken } from "../../config/issue-tokens.ts"
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
    "page-token-env": {
      type: "string",
      valueHint: "name",
      description: "Variable that will hold an operator's token for the page",
    },
    "node-name": { type: "string", valueHint: "name", description: "Name of this machine" },
    force: { type: "boolean", description: "Replace a config file that is there" },
  },
  details:
    "Asks for what is not given. Where there is no terminal, the tokens are read from standard input, a line each.",
  examples: [
    ["init --local", "on this machine alone"],
    ["init --url https://happy-otter-123.convex.cloud", "asks for the token of this node"],
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
    const place = args.config ? ` --config ${shellWord(path)}` : ""
    stdout.write(`start the daemon with  ${stdout.paint("bold", `tina-daemon start${place}`)}\n`)
    return 0
  },
})

interface InitArgs {
  readonly local?: boolean | undefined
  readonly url?: string | undefined
  readonly "token-env"?: string | undefined
  readonly "page-token-env"?: string | undefined
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
  const token = await askForToken(args["token-env"], url, asker)
  return { convex_url: url, ...token, ...(await askForPageToken(args, asker)), ...named }
}

async function askForToken(
  variable: string | undefined,
  url: string,
  asker: Asker,
): Promise<FileSettings> {
  if (variable) return { auth_token_env: variable }
  const token = await asker.askSecret(`This node's token (${issueNodeToken}): `)
  if (token !== "") return { auth_token: token }
  throw new TinaError("usage", `cannot write a config for ${url}: no token was given`, {
    hint: issueNodeToken,
  })
}

/**
 * Nobody has to give one: the page can then only look, until somebody signs in there. Who names a variable for the node's
 * token is not asked for anything.
 */
async function askForPageToken(args: InitArgs, asker: Asker): Promise<FileSettings> {
  const variable = args["page-token-env"]
  if (variable) return { page_token_env: variable }
  if (args["token-env"]) return {}
  const how = `${issuePageToken}; empty: it can only look`
  const token = await asker.askSecret(`An operator's token for the page (${how}): `)
  return token === "" ? {} : { page_token: token }
}

function refuseToReplace(path: string): void {
  if (readFileLimited(path, 1).status === "missing") return
  throw new TinaError("conflict", `cannot write ${path}: it is there already`, {
    hint: "tina-daemon init --force (replaces it)",
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
