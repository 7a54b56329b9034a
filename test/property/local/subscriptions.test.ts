/**
 * Random watches and random writes: whenever a client knows that its mutation is done, everything that it
 * watches equals a fresh run of the query. Nothing stale, nothing missing, nothing torn.
 */
import { expect, test } from "bun:test"
import { join } from "node:path"
import * as fc from "fast-check"
import { usualSlices } from "../../../src/local/engine/turn.ts"
import { api } from "../../support/convex-functions/api.js"
import type { Read } from "../../support/convex-functions/programs.ts"
import { openTestDeployment } from "../../support/local-deployment.ts"
import { runs, seed, within } from "../../support/property-runs.ts"
import { reads, steps } from "../../support/programs.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const rounds = fc.array(
  fc.record({ steps, fails: fc.nat({ max: 5 }).map((number) => number === 0) }),
  { minLength: 1, maxLength: 15 },
)
/** At every system call, or as usual. */
const slices = fc.constantFrom({ readMs: 0, writeMs: 0, refreshMs: 0 }, usualSlices)
const watches = fc.array(reads, { minLength: 1, maxLength: 8 })

test(
  `what a client watches equals a fresh run after each of its mutations (seed ${seed})`,
  async () => {
    await fc.assert(
      fc.asyncProperty(watches, rounds, slices, async (watched, program, given) => {
        await using home = await tmpHome()
        const path = join(home.stateDir, "deployment.db")
        await using deployment = await openTestDeployment({ path, slices: given })
        const client = deployment.client()
        const http = deployment.http()
        const latest = new Map<Read, unknown>()
        for (const read of watched) {
          client.onUpdate(api.programs.look, { read }, (rows) => latest.set(read, rows))
        }
        for (const { steps: list, fails } of program) {
          await client.mutation(api.programs.run, { steps: list, fails }).catch(() => undefined)
          // A failed mutation needs no transition; one that does nothing brings the client up to date.
          await client.mutation(api.programs.run, { steps: [], fails: false })
          for (const read of watched) {
            expect(latest.get(read)).toEqual(await http.query(api.programs.look, { read }))
          }
        }
      }),
      runs(40),
    )
  },
  within,
)
