import { expect, test } from "bun:test"
import { openCloud } from "../../../src/cloud/client.ts"
import { registryService } from "../../../src/cloud/registry.ts"
import { api } from "../../../src/convex/_generated/api.js"
import { createSystemClock } from "../../../src/base/clock.ts"
import { start } from "../../../src/core/supervise.ts"
import { registryMemory } from "../../../src/daemon/registry-memory.ts"
import type { Registry } from "../../../src/sync/link.ts"
import { eventually } from "../../support/eventually.ts"
import { createMemoryLog } from "../../support/memory-log.ts"
import { createOperator } from "../../support/operator.ts"
import { openOwnDeployment } from "../../support/own-deployment.ts"
import { tmpHome } from "../../support/tmp-home.ts"
import { tmpStore } from "../../support/tmp-store.ts"

test("a registry that could not be taken in is a failure of the service, is told again, and costs no other subscriber", async () => {
  await using home = await tmpHome()
  await using deployment = await openOwnDeployment(home)
  await using cloud = openCloud(deployment.url)
  const { node: token } = deployment.tokens
  const { signal } = new AbortController()
  const identity = { token, name: "box", os: "linux" }
  const nodeId = await cloud.mutation(api.nodes.registerNode, identity, { signal })
  let heard = 0
  const service = registryService({
    cloud,
    token,
    node: { registered: () => Promise.resolve(nodeId), lost: () => undefined },
    learned() {
      heard += 1
      if (heard === 1) throw new Error("database or disk is full")
    },
  })
  const { log } = createMemoryLog()
  const deps = { clock: createSystemClock(), log, random: () => 0 }
  await using running = await start(service, deps, { signal })
  const actions: number[] = []
  const stop = cloud.subscribe(
    api.actions.pendingActions,
    { token, nodeId },
    { value: ({ length }) => actions.push(length), failed: () => undefined },
  )
  await eventually(() => heard === 2 && actions.length === 1)
  expect(running.status()).toMatchObject({
    state: "running",
    restarts: 1,
    lastError: "database or disk is full",
  })
  stop()
})

test("what is to follow from another registry follows after a crash too", async () => {
  await using home = await tmpHome()
  await using tmp = await tmpStore()
  await using deployment = await openOwnDeployment(home)
  const operator = createOperator(deployment.url, deployment.tokens)
  const nodeId = await operator.register("box")
  const { node: token } = deployment.tokens
  const read = () => operator.client.query(api.teams.registry, { token, nodeId })
  const empty = await read()
  await operator.orchestration(nodeId, "/auth", "auth")
  const known = await read()
  const seen: string[] = []
  const names = ({ worktrees }: Registry) => worktrees.join()
  const remembering = (end: () => void) =>
    registryMemory(tmp.reopen().kv).remembering((registry, before) => {
      seen.push(`${names(before)} to ${names(registry)}`)
      end()
    })
  remembering(() => undefined)(known)
  const interrupted = remembering(() => {
    throw new Error("the end")
  })
  expect(() => interrupted(empty)).toThrow("the end")
  remembering(() => undefined)(empty)
  expect(seen).toEqual([" to /auth", "/auth to ", "/auth to "])
})
