/** `dashboard export DIR`: the operator's page as static files. */
import { mkdir } from "node:fs/promises"
import { join, resolve } from "node:path"
import { TinaError, reasonOf } from "../../base/errors.ts"
import { writeFileAtomic } from "../../base/files.ts"
import { command } from "../command.ts"
import { usageError } from "../usage.ts"

export const dashboardCommand = command({
  name: "dashboard",
  usage: "export DIR",
  args: {
    action: { type: "positional", required: true, description: "export" },
    dir: { type: "positional", required: false, description: "Where the files go" },
  },
  details:
    "Any host can serve the files. The page then asks for the deployment's address and a token.",
  async execute({ action, dir }, { stdout }) {
    if (action !== "export") {
      throw new TinaError("usage", `cannot ${action} the dashboard: it can be exported`, {
        hint: "tina-daemon dashboard export ./page",
      })
    }
    if (dir === undefined) throw usageError("dashboard", "DIR is missing", ["export", "./page"])
    const [{ readPageAssets }, { exportPage }] = await Promise.all([
      import("../../control/page-assets.ts"),
      import("../../control/page-export.ts"),
    ])
    const files = exportPage(await readPageAssets())
    const target = resolve(dir)
    await makeDirectory(target)
    for (const { name, content } of files) {
      await writeFileAtomic(join(target, name), content, { mode: 0o644 })
    }
    stdout.write(`${files.length} files in ${target}\n`)
    return 0
  },
})

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (error) {
    throw new TinaError("io", `cannot write to ${path}: ${reasonOf(error)}`, { cause: error })
  }
}
