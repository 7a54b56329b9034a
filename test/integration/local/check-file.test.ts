/** The check of a deployment's file finds the ways in which documents and index entries may disagree. */
import { Database } from "bun:sqlite"
import { expect, test } from "bun:test"
import { join } from "node:path"
import { checkDeploymentFile } from "../../../src/local/check-file.ts"
import { api } from "../../support/convex-functions/api.js"
import { openTestDeployment } from "../../support/local-deployment.ts"
import { tmpHome } from "../../support/tmp-home.ts"

async function checkAfter(damage: string): Promise<readonly string[]> {
  await using home = await tmpHome()
  const path = join(home.stateDir, "deployment.db")
  {
    await using deployment = await openTestDeployment({ path })
    for (const body of ["1", "2"]) {
      await deployment.http().mutation(api.messages.send, { channel: "a", body })
    }
  }
  {
    using database = new Database(path)
    database.run(damage)
  }
  return checkDeploymentFile(path)
}

test("a sound file has no problems", async () => {
  expect(await checkAfter("SELECT 1")).toEqual([])
})

test("a missing entry, an entry too many, and an entry of an older document are found", async () => {
  const last = "(SELECT max(index_number) FROM entries)"
  const missing = await checkAfter(`DELETE FROM entries WHERE index_number = ${last}`)
  expect(missing.join()).toContain("has no entry for document")
  const extra = await checkAfter(`INSERT INTO entries VALUES (${last}, x'00', 'x')`)
  expect(extra.join()).toContain("has 3 entries for 2 documents")
  const older = await checkAfter(`UPDATE documents SET value = replace(value, '"a"', '"b"')`)
  expect(older.join()).toContain("messages.by_channel has no entry for document")
})
