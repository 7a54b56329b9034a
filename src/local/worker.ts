/** The thread of the project's own deployment: serves `src/convex`. A second entry of the executable. */
import { modules, schema } from "./modules.ts"
import { runWorker } from "./run-worker.ts"

runWorker({ schema, modules })
