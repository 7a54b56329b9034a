/** What the page's scripts weigh on their way to the browser. */
import { readPageAssets } from "../src/control/page-assets.ts"
import type { Bench } from "./bench.ts"

export const pageSize: Bench = {
  name: "page.js_gzip_kb",
  unit: "kB",
  summary: "The page's scripts, compressed",
  async run() {
    const { files } = await readPageAssets()
    const scripts = [...files].filter(([name]) => name.endsWith(".js"))
    const bytes = scripts.reduce((sum, [, { gzip }]) => sum + gzip.length, 0)
    return { value: Math.round(bytes / 1000), n: scripts.length }
  },
}
