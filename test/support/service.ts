/** A service definition for tests: plain, with the given fields over it. */
import type { ServiceDefinition } from "../../src/system/service-definition.ts"

export function aService(fields: Partial<ServiceDefinition> = {}): ServiceDefinition {
  return {
    executable: "/usr/local/bin/tina-daemon",
    args: ["run"],
    home: "/Users/ada",
    logs: "/Users/ada/.local/state/tina/logs",
    path: "/usr/bin:/bin",
    env: {},
    ...fields,
  }
}
