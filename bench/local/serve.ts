/**
 * A process that serves the benches' functions: `bun bench/local/serve.ts FILE`. It prints its URL in one line
 * and runs until it is ended, in its own time by SIGTERM.
 */
import { openInThreadDeployment } from "../../src/local/in-thread.ts"
import { modules, schema } from "./functions.ts"

const [path = ":memory:"] = process.argv.slice(2)
const deployment = await openInThreadDeployment({ path, port: 0, schema, modules })
process.once("SIGTERM", () => void deployment[Symbol.asyncDispose]())
process.stdout.write(`${deployment.url}\n`)
