/** Whether the daemon's own thread notices what the deployment does on its thread. */
import { join } from "node:path"
import { ConvexHttpClient } from "convex/browser"
import { tmpHome } from "../../test/support/tmp-home.ts"
import type { Bench } from "../bench.ts"
import { percentile } from "../bench.ts"
import { fill } from "./fill.ts"

const runs = 5
const count = 100_000
const script = join(import.meta.dir, "host.ts")

export const localStall: Bench = {
  name: "local.host_stall_ms",
  unit: "ms",
  summary: "Longest stall of the hosting thread while 100,000 documents are inserted, median of 5",
  async run({ signal }) {
    await using home = await tmpHome()
    const child = Bun.spawn([process.execPath, script, join(home.path, "deployment.db")], {
      stdio: ["pipe", "pipe", "inherit"],
    })
    const lines = readLines(child.stdout)
    try {
      const url = await nextLine(lines)
      const options = { skipConvexDeploymentUrlCheck: true, logger: false } as const
      const http = () => new ConvexHttpClient(url, options)
      const longest: number[] = []
      for (let run = 0; run <= runs; run++) {
        await fill({ http }, { from: run * count, count: (run + 1) * count }, signal)
        await child.stdin.write("\n")
        await child.stdin.flush()
        longest.push(Number(await nextLine(lines)))
      }
      return { value: percentile(longest.slice(1), 0.5), n: runs }
    } finally {
      child.kill()
      await child.exited
    }
  },
}

async function* readLines(output: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ""
  for await (const chunk of output) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n")
    rest = parts.pop() ?? ""
    yield* parts
  }
}

async function nextLine(lines: AsyncGenerator<string>): Promise<string> {
  const { done, value } = await lines.next()
  if (done === true) throw new Error("the host ended")
  return value
}
