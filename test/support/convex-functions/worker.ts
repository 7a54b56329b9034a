/** A deployment's thread that serves the test functions. */
import { runWorker } from "../../../src/local/run-worker.ts"
import { modules } from "./modules.ts"
import { schema } from "./schema.ts"

runWorker({ schema, modules })
