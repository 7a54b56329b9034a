/**
 * A program that serves the test functions from a thread of its own until it is killed: `serve-thread.ts PATH`.
 * Prints its URL, then the type of each notice. A program, because the test runner takes uncaught errors of
 * its own threads for itself.
 */
import { openLocalDeployment } from "../../../src/local/deployment.ts"

const [path = ":memory:"] = process.argv.slice(2)
const script = new URL("./worker.ts", import.meta.url).href
const onNotice = ({ type }: { type: string }) => console.log(type)
const deployment = await openLocalDeployment({ path, port: 0, script, onNotice })
console.log(deployment.url)
