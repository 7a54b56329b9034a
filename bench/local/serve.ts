/**
 * A process that serves the benches' functions: `bun bench/local/serve.ts FILE`. It prints its URL in one line
 * and runs until it is ended.
 */
import { openInThreadDeployment } from "../../src/local/in-thread.ts"
import { modules, schema } from "./functions.ts"

const [path = ":memory:"] = process.argv.slice(2)
const { url } = await openInThreadDeployment({ path, port: 0, schema, modules })
process.stdout.write(`${url}\n`)
