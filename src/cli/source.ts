/**
 * Where the lists come from: the daemon if one runs, else the disk, read as the daemon would read it. The
 * reader of a list is told which on stderr, because the disk alone does not know what the deployment has.
 */
import type { Output, Params } from "../api/methods.ts"
import type { CommandContext } from "./command.ts"
import { connectToDaemon, isNotRunning } from "./daemon-link.ts"
import type { LinkArgs } from "./daemon-link.ts"
import type { LocalMethod } from "./seams.ts"

export interface Source extends AsyncDisposable {
  call<N extends LocalMethod>(method: N, params: Params<N>): Promise<Output<N>>
}

/** TinaError `not_running` if there is neither. */
export async function openSource(args: LinkArgs, context: CommandContext): Promise<Source> {
  try {
    const { client } = await connectToDaemon(args, context)
    return {
      call: (method, params) => client.call(method, params),
      [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
    }
  } catch (error) {
    if (!isNotRunning(error) || context.seams.openLocalReader === undefined) throw error
    return await openDisk(context.seams.openLocalReader, context)
  }
}

type OpenLocalReader = NonNullable<CommandContext["seams"]["openLocalReader"]>

async function openDisk(open: OpenLocalReader, context: CommandContext): Promise<Source> {
  const { around, signal, stderr } = context
  const reader = await open({ around, signal })
  stderr.write(`${stderr.paint("dim", "(no daemon is running: this is what is on the disk)")}\n`)
  return {
    call: (method, params) => reader[method](params),
    async [Symbol.asyncDispose]() {},
  }
}
