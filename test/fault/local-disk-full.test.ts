/** The deployment's file cannot grow: clients are told, nothing is half written, and it recovers by itself. */
import { expect, test } from "bun:test"
import { join } from "node:path"
import { checkDeploymentFile } from "../../src/local/check-file.ts"
import { api } from "../support/convex-functions/api.js"
import { eventually } from "../support/eventually.ts"
import { openTestDeployment } from "../support/local-deployment.ts"
import { tmpHome } from "../support/tmp-home.ts"

test("a full disk refuses writes with its reason, keeps what was acknowledged, and ends with the next free page", async () => {
  await using home = await tmpHome()
  const path = join(home.stateDir, "deployment.db")
  {
    await using deployment = await openTestDeployment({ path, maxFileBytes: 2 * 1024 * 1024 })
    const client = deployment.client()
    const watched: number[] = []
    client.onUpdate(api.messages.list, { channel: "a" }, (rows) => watched.push(rows.length))
    const sent = await Promise.allSettled(
      Array.from({ length: 200 }, () =>
        client.mutation(api.messages.send, { channel: "a", body: "x".repeat(20_000) }),
      ),
    )
    const refused = sent.filter((outcome) => outcome.status === "rejected")
    const kept = sent.filter((outcome) => outcome.status === "fulfilled")
    expect(refused.length).toBeGreaterThan(0)
    expect(kept.length).toBeGreaterThan(0)
    expect(String(refused[0]?.reason)).toContain("full")
    await eventually(() => watched.at(-1) === kept.length)

    for (const { value: id } of kept.slice(0, 20))
      await client.mutation(api.messages.remove, { id })
    await client.mutation(api.messages.send, { channel: "a", body: "after" })
    await eventually(() => watched.at(-1) === kept.length - 19)
  }
  expect(checkDeploymentFile(path)).toEqual([])
})
