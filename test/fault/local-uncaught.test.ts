/** A function fails where nobody can catch it: the deployment goes on, on the same thread. */
import { expect, test } from "bun:test"
import { join } from "node:path"
import { ConvexHttpClient } from "convex/browser"
import { api } from "../support/convex-functions/api.js"
import { eventually } from "../support/eventually.ts"
import { tmpHome } from "../support/tmp-home.ts"

const serve = join(import.meta.dir, "../support/convex-functions/serve-thread.ts")

test("an error that nobody caught is reported, and the deployment goes on", async () => {
  await using home = await tmpHome()
  const argv = [process.execPath, serve, join(home.stateDir, "deployment.db")]
  const child = Bun.spawn(argv, { stdout: "pipe", stderr: "inherit" })
  await using _child = {
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL")
      await child.exited
    },
  }
  let printed = ""
  void child.stdout.pipeThrough(new TextDecoderStream()).pipeTo(
    new WritableStream({
      write: (text) => {
        printed += text
      },
    }),
  )
  const lines = () => printed.split("\n").slice(0, -1)
  const url = await eventually(() => lines()[0])
  const client = new ConvexHttpClient(url, { skipConvexDeploymentUrlCheck: true, logger: false })
  await client.action(api.trouble.throwsLater, {})
  await eventually(() => lines().length === 3)
  expect(lines().slice(1)).toEqual(["defect", "defect"])
  expect(await client.mutation(api.counters.add, { name: "a", amount: 1 })).toBe(1)
})
