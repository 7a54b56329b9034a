import { expect, test } from "bun:test"
import { killOrphanGroup, processIdentity } from "../../../src/base/process-identity.ts"
import { eventually } from "../../support/eventually.ts"
import { isAlive } from "../../support/processes.ts"

function spawn(script: string) {
  return Bun.spawn(["sh", "-c", script], { detached: true, stdio: ["ignore", "pipe", "ignore"] })
}

test("a process keeps its identity, and what has ended has none", async () => {
  const child = spawn("exec sleep 60")
  const identity = processIdentity(child.pid)
  expect(identity).toBeString()
  expect(processIdentity(child.pid)).toBe(identity)
  expect(processIdentity(process.pid)).not.toBe(identity)
  expect(killOrphanGroup(child.pid, "another/1")).toBe(false)
  expect(isAlive(child.pid)).toBe(true)
  expect(killOrphanGroup(child.pid, identity ?? "")).toBe(true)
  await child.exited
  expect(processIdentity(child.pid)).toBeUndefined()
  expect(killOrphanGroup(child.pid, identity ?? "")).toBe(false)
})

test.if(process.platform === "linux")(
  "what a leader that has ended started goes with it",
  async () => {
    const leader = spawn("sleep 60 >/dev/null & echo $!; sleep 0.2")
    const identity = processIdentity(leader.pid) ?? ""
    const orphan = Number(await new Response(leader.stdout).text())
    await leader.exited
    expect(isAlive(orphan)).toBe(true)
    expect(killOrphanGroup(leader.pid, "another/1")).toBe(false)
    expect(killOrphanGroup(leader.pid, identity)).toBe(true)
    await eventually(() => !isAlive(orphan))
  },
)
