/** A program that serves the test functions until it is killed: `serve.ts PATH PORT [ADMIN_KEY]`. Prints its URL. */
import { openInThreadDeployment } from "../../../src/local/in-thread.ts"
import { modules } from "./modules.ts"
import { schema } from "./schema.ts"

const [path = ":memory:", port = "0", adminKey] = process.argv.slice(2)
const key = adminKey === undefined ? {} : { adminKey }
const options = { path, port: Number(port), schema, modules, ...key }
const deployment = await openInThreadDeployment(options)
console.log(deployment.url)
