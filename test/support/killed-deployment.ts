/** A deployment of the test functions as a process of its own, to be killed and started again on the same port. */
import { join } from "node:path"

export interface ServedProcess extends AsyncDisposable {
  readonly url: string
  readonly port: string
  readonly adminKey: string
  readonly kill: () => Promise<void>
}

const script = join(import.meta.dir, "convex-functions/serve.ts")

export async function serveProcess(path: string, port = "0"): Promise<ServedProcess> {
  const adminKey = "local|key-of-the-test"
  const child = Bun.spawn([process.execPath, script, path, port, adminKey], {
    stdout: "pipe",
    stderr: "inherit",
  })
  const { value } = await child.stdout.getReader().read()
  const url = new TextDecoder().decode(value).trim()
  const kill = async () => {
    child.kill("SIGKILL")
    await child.exited
  }
  return { url, port: new URL(url).port, adminKey, kill, [Symbol.asyncDispose]: kill }
}
