/** A program that serves the test functions until it is killed: `serve.ts PATH PORT`. Prints its URL. */
import { openInThreadDeployment } from "../../../src/local/in-thread.ts"
import { modules } from "./modules.ts"
import { schema } from "./schema.ts"

const [path = ":memory:", port = "0"] = process.argv.slice(2)
const deployment = await openInThreadDeployment({ path, port: Number(port), schema, modules })
console.log(deployment.url)
