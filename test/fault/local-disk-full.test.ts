/** The deployment's file cannot grow, or cannot be written: clients are told, nothing is half written, and it recovers by itself. */
import { expect, test } from "bun:test"
import { join } from "node:path"
import { checkDeploymentFile } from "../../src/local/check-file.ts"
import { api } from "../support/convex-functions/api.js"
import { eventually } from "../support/eventually.ts"
import { openTestDeployment } from "../support/local-deployment.ts"
import { canMountDisk, mountSmallDisk } from "../support/small-disk.ts"
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

test.skipIf(!canMountDisk)(
  "a disk that others have filled refuses writes, serves reads, and writes go on when there is room again",
  async () => {
    await using home = await tmpHome()
    using disk = mountSmallDisk(join(home.path, "disk"), 16)
    const path = join(home.path, "disk", "deployment.db")
    {
      await using deployment = await openTestDeployment({ path })
      const http = deployment.http()
      const send = (body: string) => http.mutation(api.messages.send, { channel: "a", body })
      await send("before")
      disk.fill()
      const outcomes = await Promise.allSettled(
        Array.from({ length: 50 }, (_, index) => send(`${index}`.padEnd(100_000, "x"))),
      )
      const refused = outcomes.filter((outcome) => outcome.status === "rejected")
      expect(refused.length).toBeGreaterThan(40)
      expect(String(refused[0]?.reason)).toContain("cannot write to its file")
      const kept = outcomes.length - refused.length
      expect(await http.query(api.messages.list, { channel: "a" })).toHaveLength(1 + kept)
      disk.empty()
      await eventually(() => send("after"))
      expect(await http.query(api.messages.list, { channel: "a" })).toHaveLength(2 + kept)
    }
    expect(checkDeploymentFile(path)).toEqual([])
  },
)

test.skipIf(!canMountDisk)(
  "on a disk that is read-only the deployment says why it cannot start, and starts when it can be written",
  async () => {
    await using home = await tmpHome()
    using disk = mountSmallDisk(join(home.path, "disk"), 16)
    const path = join(home.path, "disk", "deployment.db")
    {
      await using deployment = await openTestDeployment({ path })
      await deployment.http().mutation(api.messages.send, { channel: "a", body: "before" })
    }
    disk.setReadOnly(true)
    const problem = await openTestDeployment({ path }).catch(String)
    expect(problem).toContain(`cannot open ${path}`)
    expect(problem).toContain("read")
    disk.setReadOnly(false)
    await using deployment = await openTestDeployment({ path })
    const http = deployment.http()
    await http.mutation(api.messages.send, { channel: "a", body: "after" })
    expect(await http.query(api.messages.list, { channel: "a" })).toHaveLength(2)
  },
)
