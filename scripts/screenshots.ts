/**
 * Makes the pictures of the README: the page with a staged day of work, in light, in dark and on a phone.
 * `bun scripts/screenshots.ts [DIR]` writes them into `docs/` unless told otherwise. It needs Chromium; the
 * letters are those of the machine's own system font, so take one that people know (Inter, for example).
 */
import { mkdir } from "node:fs/promises"
import { join, resolve } from "node:path"
import { openBrowser, type ViewOptions } from "../test/support/browser.ts"
import { openStagedPage } from "../test/support/staged-page.ts"

interface Picture {
  readonly name: string
  readonly view: ViewOptions
  /** What is opened before the picture is taken: rows by their beginning, one after the other. */
  readonly rows: readonly RegExp[]
}

const wide = { width: 1360, height: 820 }
const phone = { width: 390, height: 780, isPhone: true }

const pictures: readonly Picture[] = [
  { name: "page-overview", view: { ...wide, theme: "light" }, rows: [] },
  {
    name: "page-light",
    view: { ...wide, theme: "light" },
    rows: [/^executing auth/, /#4 .*Remember/],
  },
  {
    name: "page-dark",
    view: { ...wide, theme: "dark" },
    rows: [/^executing auth/, /#4 .*Remember/],
  },
  { name: "page-phone", view: { ...phone, theme: "light" }, rows: [/billing-export/] },
]

const target = resolve(process.argv[2] ?? join(import.meta.dir, "..", "docs"))
await mkdir(target, { recursive: true })
await using staged = await openStagedPage()
await using browser = await openBrowser()

for (const { name, view, rows } of pictures) {
  const { page, context } = await browser.open(view)
  await page.goto(staged.link())
  await page.getByRole("treeitem", { name: /ci-1/ }).waitFor()
  for (const row of rows) {
    const item = page.getByRole("treeitem", { name: row }).first()
    await item.scrollIntoViewIfNeeded()
    await item.click()
    await page.locator("main .pane-title").waitFor()
  }
  await page.locator("main.pane").evaluate((pane) => pane.scrollTo(0, 0))
  await page.mouse.move(0, 0)
  await page.waitForLoadState("networkidle")
  const path = join(target, `${name}.png`)
  await page.screenshot({ path, animations: "disabled" })
  console.log(path)
  await context.close()
}
