/** Whatever documents there are: an import of their export, into another deployment, exports the same bytes. */
import { expect, test } from "bun:test"
import { join } from "node:path"
import * as fc from "fast-check"
import { convexToJson } from "convex/values"
import { api } from "../../support/convex-functions/api.js"
import { convexValues } from "../../support/convex-values.ts"
import { openTestDeployment } from "../../support/local-deployment.ts"
import { tmpHome } from "../../support/tmp-home.ts"
import { runs, seed, within } from "../../support/property-runs.ts"
import { exportTo, filesOf, importFrom } from "../../support/transfer.ts"

const documents = fc.array(convexValues, { minLength: 1, maxLength: 20 })

test(
  `import after export is the identity on documents of every sort of value (seed ${seed})`,
  async () => {
    await fc.assert(
      fc.asyncProperty(documents, async (values) => {
        await using home = await tmpHome()
        const [first, second] = [join(home.path, "1.zip"), join(home.path, "2.zip")]
        await using from = await openTestDeployment({ path: join(home.stateDir, "from.db") })
        await using into = await openTestDeployment({ path: join(home.stateDir, "into.db") })
        for (const kept of values) {
          await from.http().mutation(api.shapes.put, { table: "anything", value: { kept } })
        }
        await exportTo(from, first)
        expect(await importFrom(into, first)).toMatchObject({ written: values.length })
        await exportTo(into, second)
        expect(await filesOf(second)).toEqual(await filesOf(first))
        const rows = await into.http().query(api.shapes.all, { table: "anything" })
        expect(rows.map((row) => convexToJson("kept" in row ? row["kept"] : null))).toEqual(
          values.map(convexToJson),
        )
      }),
      runs(10),
    )
  },
  within,
)
