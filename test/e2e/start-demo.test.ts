import { expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { z } from "zod"
import { eventually } from "../support/eventually.ts"
import { type TmpHome, tmpHome } from "../support/tmp-home.ts"

const root = join(import.meta.dir, "../..")

function spawnStart(home: TmpHome) {
  return Bun.spawn([join(root, "scripts/start"), "--demo"], {
    cwd: home.path,
    env: { ...home.env },
    stdio: ["ignore", "pipe", "pipe"],
  })
}

const tasksSchema = z.object({ tasks: z.array(z.object({ status: z.string() })) })

/** Asked without a state directory: the program is to find the demo's by itself. */
async function taskStatuses(home: TmpHome): Promise<string[]> {
  const argv = [join(root, "tina-daemon"), "tasks", "--json"]
  const asked = Bun.spawn(argv, { env: { ...home.env }, stderr: "ignore" })
  const answer = await new Response(asked.stdout).text()
  return tasksSchema.parse(JSON.parse(answer)).tasks.map(({ status }) => status)
}

test("start --demo shows agents at work, stops when told, and removes what it played", async () => {
  await using home = await tmpHome()
  const stateDir = join(home.env["XDG_STATE_HOME"] ?? "", "tina-demo")
  const started = spawnStart(home)
  try {
    await eventually(() => existsSync(join(stateDir, "daemon.json")), { withinMs: 30_000 })
    const isWorking = async () => (await taskStatuses(home)).includes("in_progress")
    await eventually(isWorking, { what: "a task in progress", withinMs: 20_000 })

    const second = spawnStart(home)
    expect(await second.exited).toBe(1)
    expect(await new Response(second.stderr).text()).toContain("the demo is already running")
  } finally {
    started.kill("SIGTERM")
    expect(await started.exited).toBe(0)
  }
  const isRemoved = async () => !(await readdir(stateDir)).some((name) => name.startsWith("play"))
  await eventually(isRemoved, { what: "the end of the play" })
}, 60_000)
