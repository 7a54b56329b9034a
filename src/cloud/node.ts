/**
 * This machine in the deployment: registered, alive, and offline when it stops. A heartbeat is never retried,
 * because the next one is the retry. When the deployment no longer knows the node (it was reset, or is another
 * one), the machine registers again and whoever cares is told that the id is another.
 */
import { z } from "zod"
import { untilAborted } from "../base/async.ts"
import type { Clock } from "../base/clock.ts"
import { TinaError } from "../base/errors.ts"
import type { Logger } from "../base/log.ts"
import { api } from "../convex/_generated/api.js"
import type { Id } from "../convex/_generated/dataModel"
import type { Service } from "../core/service.ts"
import { createWake } from "../core/wake.ts"
import type { KeyValues } from "../store/kv.ts"
import type { Cloud } from "./client.ts"

export type NodeId = Id<"nodes">

export interface NodeDeps {
  readonly cloud: Cloud
  /** What stays the same as long as it is the same deployment. */
  readonly deployment: string
  readonly kv: KeyValues
  readonly clock: Clock
  readonly log: Logger
  readonly identity: {
    readonly token: string
    readonly name: string
    readonly os: string
    readonly version: string
  }
  /** Asked for before each wait. */
  readonly heartbeatMs: () => number
  /** The outcome of every call, for the state of the deployment. */
  readonly reached: (error: TinaError | undefined) => void
  /** The deployment is another one than the last time, or was reset: it has none of what was promised. */
  readonly renewed: () => void
}

export interface DeploymentNode {
  readonly service: Service
  /** The id that is known, also from an earlier run; undefined before the first registration. */
  id(): NodeId | undefined
  /** Resolves with the id once the machine is registered in this run. */
  registered(signal: AbortSignal): Promise<NodeId>
  /** A call was answered with "no such node": register again. */
  lost(): void
  /** Does not wait any longer for the next beat. */
  beatNow(): void
}

const farewellMs = 1000
/** The deployment that everything was promised to, with this machine's id there. */
const key = "deployment"
const knownSchema = z.object({ deployment: z.string(), id: z.custom<NodeId>(isText) })

export function createNode(deps: NodeDeps): DeploymentNode {
  const { cloud, kv, identity } = deps
  const { token } = identity
  const wake = createWake(deps.clock)
  let registration = Promise.withResolvers<NodeId>()
  let isRegistered = false

  function known(): z.infer<typeof knownSchema> | undefined {
    return knownSchema.safeParse(kv.get(key)).data
  }

  function knownId(): NodeId | undefined {
    const last = known()
    return last?.deployment === deps.deployment ? last.id : undefined
  }

  async function register(signal: AbortSignal): Promise<NodeId> {
    const { name, os, version } = identity
    const id = await attempt(() =>
      cloud.mutation(api.nodes.registerNode, { token, name, os, version }, { signal }),
    )
    if (id !== knownId()) {
      // Before the first deployment ever, all that was promised still waits in the outbox.
      if (known() !== undefined) deps.renewed()
      kv.set(key, { deployment: deps.deployment, id })
      deps.log.info("registered this machine", { node: name, id, url: cloud.url })
    }
    isRegistered = true
    registration.resolve(id)
    return id
  }

  async function attempt<T>(call: () => Promise<T>): Promise<T> {
    try {
      const result = await call()
      deps.reached(undefined)
      return result
    } catch (error) {
      if (error instanceof TinaError) deps.reached(error)
      throw error
    }
  }

  async function beat(nodeId: NodeId, signal: AbortSignal): Promise<void> {
    try {
      await attempt(() => cloud.mutation(api.nodes.heartbeat, { token, nodeId }, { signal }))
    } catch (error) {
      if (!(error instanceof TinaError)) throw error
      if (error.code === "not_found") forget()
      else deps.log.debug("heartbeat failed", { error })
    }
  }

  function forget(): void {
    if (!isRegistered) return
    isRegistered = false
    registration = Promise.withResolvers()
    wake.poke()
  }

  async function sayFarewell(): Promise<void> {
    const nodeId = knownId()
    if (!isRegistered || nodeId === undefined) return
    const options = { signal: AbortSignal.timeout(farewellMs), timeoutMs: farewellMs }
    await cloud
      .mutation(api.nodes.setOffline, { token, nodeId }, options)
      .catch((error: unknown) => {
        deps.log.debug("could not say that this machine goes offline", { error })
      })
  }

  return {
    id: knownId,
    registered: (signal) => untilAborted(registration.promise, signal),
    lost: forget,
    beatNow: wake.poke,
    service: {
      name: "node",
      async run({ signal, ready }) {
        try {
          let nodeId = await register(signal)
          ready()
          for (;;) {
            await wake.wait(deps.heartbeatMs(), signal)
            if (isRegistered) await beat(nodeId, signal)
            else nodeId = await register(signal)
          }
        } finally {
          await sayFarewell()
        }
      },
    },
  }
}

function isText(value: unknown): boolean {
  return typeof value === "string"
}
