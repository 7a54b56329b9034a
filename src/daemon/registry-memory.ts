/** The last registry that the deployment told, kept for when it cannot be reached. */
import { z } from "zod"
import type { NodeRegistry } from "../cloud/registry.ts"
import type { KeyValues } from "../store/kv.ts"
import { emptyRegistry, type Registry } from "../sync/link.ts"

const key = "registry"

const registrySchema: z.ZodType<Registry> = z.object({
  teams: z.array(
    z.object({
      teamName: z.string(),
      localDirName: z.string().optional(),
      leadSessionId: z.string(),
      phaseNumber: z.string().optional(),
      orchestrationKey: z.string(),
    }),
  ),
  orchestrations: z.array(
    z.object({ id: z.string(), key: z.string(), featureName: z.string().optional() }),
  ),
  worktrees: z.array(z.string()),
})

export interface RegistryMemory {
  recall(): Registry
  /** Hands on what was told in our form, with what was known before, and keeps it if that did not throw. */
  remembering(learned: (registry: Registry, before: Registry) => void): (told: NodeRegistry) => void
}

export function registryMemory(kv: KeyValues): RegistryMemory {
  let last = registrySchema.safeParse(kv.get(key)).data ?? emptyRegistry
  return {
    recall: () => last,
    remembering: (learned) => (told) => {
      const before = last
      last = toRegistry(told)
      try {
        learned(last, before)
        // Not before: what follows from the difference would never be done after a crash in between.
        kv.set(key, last)
      } catch (error) {
        last = before
        throw error
      }
    },
  }
}

function toRegistry({ teams, orchestrations }: NodeRegistry): Registry {
  return {
    teams,
    orchestrations: orchestrations.map(({ id, key: natural, featureName }) => ({
      id,
      key: natural,
      featureName,
    })),
    worktrees: orchestrations.flatMap(({ worktreePath }) => worktreePath ?? []),
  }
}
