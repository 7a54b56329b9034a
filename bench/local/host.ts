/**
 * A process that hosts the deployment on a thread of its own, as the daemon does: `bun bench/local/host.ts FILE`.
 * It prints the URL in one line, and for each line that it reads the longest time in milliseconds for which its own
 * main thread has not come round since the line before.
 */
import { openLocalDeployment } from "../../src/local/deployment.ts"

const [path = ":memory:"] = process.argv.slice(2)
const script = new URL("./worker.ts", import.meta.url).href
const { url } = await openLocalDeployment({ path, port: 0, script })
let longest = 0
let last = performance.now()
setInterval(() => {
  const now = performance.now()
  longest = Math.max(longest, now - last)
  last = now
}, 1)
process.stdout.write(`${url}\n`)
for await (const _line of console) {
  process.stdout.write(`${longest}\n`)
  longest = 0
}
