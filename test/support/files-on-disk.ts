/** What the task files say, in the form in which `deployed-rows.ts` tells what the deployment has. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"
import { numerically } from "./deployed-rows.ts"

const task = z.object({ id: z.string(), subject: z.string(), status: z.string() })

export function tasksOnDisk(claudeDir: string): Record<string, string[]> {
  const root = join(claudeDir, "tasks")
  if (!existsSync(root)) return {}
  return Object.fromEntries(
    readdirSync(root).map((dir) => [dir, tasksIn(join(root, dir)).sort(numerically)]),
  )
}

function tasksIn(path: string): string[] {
  return readdirSync(path)
    .filter((name) => name.endsWith(".json") && !name.startsWith("."))
    .map((name) => {
      const { id, subject, status } = task.parse(JSON.parse(readFileSync(join(path, name), "utf8")))
      return `${id} ${subject} ${status}`
    })
}
