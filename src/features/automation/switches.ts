/** Which rules are switched on: what the configuration says, and over it what somebody said since, kept in the store. */
import { z } from "zod"
import type { Rule } from "../../model/rule.ts"
import type { KeyValues } from "../../store/kv.ts"

const key = "automation"

const kept = z.object({
  enabled: z.boolean().default(true),
  /** By the rule's id. */
  rules: z.record(z.string(), z.boolean()).default({}),
})

export interface Switches {
  isOn(): boolean
  isRuleOn(rule: Pick<Rule, "id" | "enabled">): boolean
  set(isOn: boolean): void
  setRule(id: string, isOn: boolean): void
}

export function createSwitches(kv: KeyValues): Switches {
  const first = kept.safeParse(kv.get(key) ?? {})
  let now = first.success ? first.data : kept.parse({})

  function write(next: typeof now): void {
    kv.set(key, next)
    now = next
  }

  return {
    isOn: () => now.enabled,
    isRuleOn: ({ id, enabled }) => now.rules[id] ?? enabled,
    set: (isOn) => write({ ...now, enabled: isOn }),
    setRule: (id, isOn) => write({ ...now, rules: { ...now.rules, [id]: isOn } }),
  }
}
