import { expect, test } from "bun:test"
import { renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { anchorFiles } from "../../../src/base/anchors.ts"
import { tmpHome } from "../../support/tmp-home.ts"

test("a file that is written to is the same; one that is removed, or takes its place, is not", async () => {
  await using home = await tmpHome()
  const [first, second] = [join(home.path, "first"), join(home.path, "second")]
  for (const path of [first, second]) writeFileSync(path, "")
  const anchors = anchorFiles([first, second])
  writeFileSync(second, "more")
  expect(anchors.lost()).toBeUndefined()
  const kept = join(home.path, "kept")
  renameSync(second, kept)
  expect(anchors.lost()).toBe(second)
  writeFileSync(second, "another")
  expect(anchors.lost()).toBe(second)
  renameSync(kept, second)
  expect(anchors.lost()).toBeUndefined()
  rmSync(home.path, { recursive: true })
  expect(anchors.lost()).toBe(first)
})
