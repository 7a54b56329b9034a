/** A deployment's thread that serves the benches' functions. */
import { runWorker } from "../../src/local/run-worker.ts"
import { modules, schema } from "./functions.ts"

runWorker({ schema, modules })
