/**
 * Serves the operator's page with a staged day of work, on a deployment that is gone when it ends. Run it
 * with `bun --watch scripts/dashboard-dev.ts` while working on the page: `bun --watch` starts it again after
 * each change, on the same ports, so that a reload of the browser shows it.
 */
import { openStagedPage } from "../test/support/staged-page.ts"

const page = await openStagedPage({ port: 7843, deploymentPort: 3253 })
console.log(page.link())
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.once(name, () => void page[Symbol.asyncDispose]())
}
