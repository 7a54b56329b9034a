/** The deployment is killed at random moments while clients write: everything that was asked for happens once. */
import { expect, test } from "bun:test"
import { join } from "node:path"
import { checkDeploymentFile } from "../../src/local/check-file.ts"
import { api } from "../support/convex-functions/api.js"
import { eventually } from "../support/eventually.ts"
import { openClient } from "../support/local-deployment.ts"
import { tmpHome } from "../support/tmp-home.ts"

const serve = join(import.meta.dir, "../support/convex-functions/serve.ts")
const KILLS = Number(process.env["LOCAL_KILLS"] ?? 5)
const MUTATIONS = KILLS * 300

interface Server extends AsyncDisposable {
  readonly url: string
  readonly port: string
  readonly kill: () => Promise<void>
}

async function start(path: string, port = "0"): Promise<Server> {
  const child = Bun.spawn([process.execPath, serve, path, port], {
    stdout: "pipe",
    stderr: "inherit",
  })
  const { value } = await child.stdout.getReader().read()
  const url = new TextDecoder().decode(value).trim()
  const kill = async () => {
    child.kill("SIGKILL")
    await child.exited
  }
  return { url, port: new URL(url).port, kill, [Symbol.asyncDispose]: kill }
}

test("kill -9 loses no acknowledged mutation, doubles none, and leaves a sound file", async () => {
  await using home = await tmpHome()
  const path = join(home.stateDir, "deployment.db")
  let server = await start(path)
  const { url, port } = server
  const client = openClient(url)
  const answers: number[] = []
  const acknowledged: string[] = []
  let left = MUTATIONS

  async function work(): Promise<void> {
    while (left > 0) {
      left -= 1
      const body = String(left)
      answers.push(await client.mutation(api.counters.add, { name: "c", amount: 1 }))
      await client.mutation(api.messages.send, { channel: "a", body })
      acknowledged.push(body)
    }
  }

  const working = Promise.all(Array.from({ length: 20 }, work))
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const target = (MUTATIONS / (KILLS + 1)) * kill + Math.random() * 50
    await eventually(() => acknowledged.length >= target, { withinMs: 30_000 })
    await server.kill()
    expect(checkDeploymentFile(path)).toEqual([])
    server = await start(path, port)
  }
  await working
  expect(await client.query(api.counters.read, { name: "c" })).toBe(MUTATIONS)
  expect(new Set(answers).size).toBe(MUTATIONS)
  const rows = await client.query(api.messages.list, { channel: "a" })
  expect(rows.map(({ body }) => body).toSorted()).toEqual(acknowledged.toSorted())
  await client.close()
  await server.kill()
  expect(checkDeploymentFile(path)).toEqual([])
}, 60_000)
