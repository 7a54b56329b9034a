/**
 * What the deployment knows of this node's teams and orchestrations, live. The last of it is kept in the store,
 * so that links stand while the deployment cannot be reached.
 */
import { aborted } from "../base/async.ts"
import type { TinaError } from "../base/errors.ts"
import { api } from "../convex/_generated/api.js"
import type { FunctionReturnType } from "convex/server"
import type { Service } from "../core/service.ts"
import type { Cloud } from "./client.ts"
import type { DeploymentNode } from "./node.ts"

export type NodeRegistry = FunctionReturnType<typeof api.teams.registry>

export interface RegistryDeps {
  readonly cloud: Cloud
  readonly token: string
  readonly node: Pick<DeploymentNode, "registered" | "lost">
  readonly learned: (registry: NodeRegistry) => void
}

export function registryService(deps: RegistryDeps): Service {
  return {
    name: "registry",
    async run({ signal, ready }) {
      ready()
      const nodeId = await deps.node.registered(signal)
      const failure = Promise.withResolvers<never>()
      const unsubscribe = deps.cloud.subscribe(
        api.teams.registry,
        { token: deps.token, nodeId },
        {
          value(registry) {
            // What is thrown here would be lost, and with it what other subscribers were to be told.
            try {
              deps.learned(registry)
            } catch (error) {
              failure.reject(error)
            }
          },
          failed(error: TinaError) {
            if (error.code === "not_found") deps.node.lost()
            failure.reject(error)
          },
        },
      )
      try {
        await Promise.race([aborted(signal), failure.promise])
      } finally {
        unsubscribe()
      }
    },
  }
}
