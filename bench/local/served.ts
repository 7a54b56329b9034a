/** A deployment in a process of its own, with an empty file on the disk, and official clients of it. */
import { join } from "node:path"
import { ConvexClient, ConvexHttpClient } from "convex/browser"
import { tmpHome } from "../../test/support/tmp-home.ts"

export interface Served extends AsyncDisposable {
  readonly url: string
  readonly pid: number
  /** A directory on the same disk as the deployment's file. */
  readonly directory: string
  /** Ends the process in its own time; its file stays. */
  readonly stop: () => Promise<unknown>
  /** Closed with the deployment. */
  readonly client: () => ConvexClient
  readonly http: () => ConvexHttpClient
}

const options = { skipConvexDeploymentUrlCheck: true, logger: false } as const

export interface ServeOptions {
  /** The command that serves the file whose path comes last; from source unless given. */
  readonly command?: readonly string[]
}

const fromSource = [process.execPath, join(import.meta.dir, "serve.ts")]

export async function serve({ command = fromSource }: ServeOptions = {}): Promise<Served> {
  await using opened = new AsyncDisposableStack()
  const home = opened.use(await tmpHome())
  const child = Bun.spawn([...command, join(home.path, "deployment.db")], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  opened.defer(async () => {
    child.kill("SIGKILL")
    await child.exited
  })
  const url = await firstLine(child.stdout)
  const owned = opened.move()
  return {
    url,
    pid: child.pid,
    stop: () => {
      child.kill("SIGTERM")
      return child.exited
    },
    directory: home.path,
    client() {
      const client = new ConvexClient(url, options)
      owned.defer(() => client.close())
      return client
    },
    http: () => new ConvexHttpClient(url, options),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

export async function firstLine(output: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ""
  for await (const chunk of output) {
    text += decoder.decode(chunk, { stream: true })
    const end = text.indexOf("\n")
    if (end >= 0) return text.slice(0, end)
  }
  throw new Error("the deployment ended before it was ready")
}
