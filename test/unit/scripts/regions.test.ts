import { expect, test } from "bun:test"
import { replaceRegions } from "../../../scripts/regions.ts"

const document = "# A\n<!-- generated:config -->\nold\n<!-- /generated:config -->\nend\n"
const regions = { config: () => "new\n" }

test("a region gets its new text, and the rest stays", () => {
  const text = "# A\n<!-- generated:config -->\n\nnew\n\n<!-- /generated:config -->\nend\n"
  expect(replaceRegions(document, regions)).toEqual({ ok: true, text })
  expect(replaceRegions(text, regions)).toEqual({ ok: true, text })
})

test("a region that is missing, open, doubled or unknown is a problem", () => {
  const open = document.replace("/generated", "")
  for (const text of ["", open, document + document]) {
    expect(replaceRegions(text, regions, ["config"]).ok).toBe(false)
  }
  expect(replaceRegions(document, {})).toEqual({
    ok: false,
    problem: 'nothing makes the region "config"',
  })
})
