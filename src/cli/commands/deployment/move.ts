/**
 * `deployment move`: everything of the local deployment to another one, and this machine's config with it. Nothing here is deleted;
 * the daemon goes on with the local one until it is started again.
 */
import { existsSync } from "node:fs"
import { rm } from "node:fs/promises"
import { join } from "node:path"
import { TinaError } from "../../../base/errors.ts"
import { writeConnection } from "../../../config/edit.ts"
import { readVariable } from "../../../config/surroundings.ts"
import { runFunction } from "../../../owner/functions.ts"
import { importFile } from "../../../owner/import.ts"
import type { DeploymentAccess } from "../../../owner/request.ts"
import { listVariables, setVariables } from "../../../owner/variables.ts"
import { readInstance } from "../../../system/instance.ts"
import { openAsker } from "../../ask.ts"
import { command } from "../../command.ts"
import type { CommandContext } from "../../command.ts"
import { openImportDialogue } from "../../import-dialogue.ts"
import { localTools, noDeployment, openOwnerLink, ownerArgs } from "../../owner-link.ts"
import type { OwnerArgs } from "../../owner-link.ts"
import { stateDirectory, statePaths } from "../../../config/paths.ts"
import { writeExport } from "../../write-export.ts"

const keyVariables = ["CONVEX_DEPLOY_KEY", "CONVEX_SELF_HOSTED_ADMIN_KEY"] as const

export const moveCommand = command({
  name: "deployment move",
  usage: "--url URL",
  args: {
    url: {
      type: "string",
      required: true,
      valueHint: "url",
      description: "Of the deployment that it goes to",
    },
    replace: { type: "boolean", description: "Remove what is in its tables first" },
    yes: { type: "boolean", alias: "y", description: "Do not ask before documents are removed" },
    ...ownerArgs,
  },
  details:
    "Deploy the functions there first (npx convex deploy). Its deploy key or admin key is read from CONVEX_DEPLOY_KEY or CONVEX_SELF_HOSTED_ADMIN_KEY, or asked for; never from the command line. Afterwards the config names the new deployment, with this node's token.",
  examples: [["deployment move --url https://happy-otter-123.convex.cloud", "to the cloud"]],
  async execute(args, context) {
    const { signal, stdout } = context
    const url = parseUrl(args.url)
    const target = { url, adminKey: await readKey(url, context), signal }
    await requireFunctions(target)
    const local = { ...args, local: true }
    const moved = await moveData(local, context, target)
    const edited = await writeConnection({ url, token: moved.token }, args, context.around)
    stdout.write(`moved ${moved.documents} documents to ${url}\n`)
    stdout.write(`wrote ${edited.path}\n`)
    if (edited.before !== undefined) stdout.write(`the old one is ${edited.before}\n`)
    stdout.write(`then:  ${stdout.paint("bold", whatNext(args, context))}\n`)
    return 0
  },
})

interface MoveArgs extends OwnerArgs {
  readonly replace?: boolean | undefined
  readonly yes?: boolean | undefined
}

interface Moved {
  readonly documents: number
  /** This node's. */
  readonly token: string
}

async function moveData(
  args: MoveArgs,
  context: CommandContext,
  target: DeploymentAccess,
): Promise<Moved> {
  const paths = statePaths(stateDirectory(context.around, args["state-dir"]))
  if (!existsSync(paths.deployment)) throw noDeployment(paths)
  const archive = join(paths.dir, `.move.${crypto.randomUUID()}.zip`)
  try {
    await writeExport(paths.deployment, archive, context)
    using dialogue = openImportDialogue(context, args.yes === true)
    const mode = args.replace === true ? "replace" : "requireEmpty"
    const wanted = { path: archive, format: "zip", mode } as const
    const hint = `tina-daemon deployment move --replace --url ${target.url}`
    const documents = await importFile(target, wanted, { ...dialogue, hint })
    await moveVariables(args, context, target)
    const token = await (await localTools(context)).nodeToken(paths.dir)
    await issueToken(target, token)
    return { documents, token }
  } finally {
    await rm(archive, { force: true })
  }
}

async function moveVariables(
  args: MoveArgs,
  context: CommandContext,
  target: DeploymentAccess,
): Promise<void> {
  await using link = await openOwnerLink(args, context, "npx convex env list")
  const variables = await listVariables(link)
  if (variables.length === 0) return
  await setVariables(target, Object.fromEntries(variables.map(({ name, value }) => [name, value])))
}

/** It came with the tokens, unless this machine has never used the deployment. */
async function issueToken(target: DeploymentAccess, token: string): Promise<void> {
  const args = { role: "node", token, label: "moved from a local deployment" }
  const ran = await runFunction(target, { path: "tokens:issue", args })
  if (!ran.ok) throw new TinaError("conflict", `cannot issue a token there: ${ran.message}`)
}

async function requireFunctions(target: DeploymentAccess): Promise<void> {
  const ran = await runFunction(target, { path: "tokens:list", args: {} })
  if (ran.ok) return
  throw new TinaError("conflict", `cannot move to ${target.url}: it lacks our functions`, {
    hint: "npx convex deploy",
  })
}

function parseUrl(text: string): string {
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === "") {
    return text.replace(/\/+$/, "")
  }
  throw new TinaError("usage", `cannot move to ${text}: it is no address of a deployment`, {
    hint: "tina-daemon deployment move --url https://happy-otter-123.convex.cloud",
  })
}

async function readKey(url: string, { around, signal }: CommandContext): Promise<string> {
  for (const name of keyVariables) {
    const key = readVariable(around, name)
    if (key !== undefined) return key
  }
  using asker = openAsker(signal)
  const key = await asker.askSecret(`Deploy key or admin key of ${url}: `)
  if (key !== "") return key
  throw new TinaError("usage", `cannot move to ${url}: no key was given`, {
    hint: "export CONVEX_DEPLOY_KEY=... (npx convex deployment token create NAME)",
  })
}

/** A daemon that was told to be local would stay so. */
function whatNext(args: OwnerArgs, { around }: CommandContext): string {
  const argv = readInstance(statePaths(stateDirectory(around, args["state-dir"])))?.argv ?? []
  const isToldLocal = argv.includes("--local")
  return isToldLocal
    ? "tina-daemon stop && tina-daemon start  (without --local)"
    : "tina-daemon restart"
}
