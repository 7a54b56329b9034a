/** The environment variables of a deployment's functions. */
import { z } from "zod"
import { systemQuery } from "./functions.ts"
import { type DeploymentAccess, adminRequest } from "./request.ts"

export interface Variable {
  readonly name: string
  readonly value: string
}

const variables = z.array(z.object({ name: z.string(), value: z.string() }))

/** By name. */
export async function listVariables(access: DeploymentAccess): Promise<readonly Variable[]> {
  const call = { path: "_system/cli/queryEnvironmentVariables", args: {} }
  return await systemQuery(access, call, variables)
}

/** All of them or none; `null` removes one. */
export async function setVariables(
  access: DeploymentAccess,
  values: Readonly<Record<string, string | null>>,
): Promise<void> {
  const changes = Object.entries(values).map(([name, value]) => ({ name, value }))
  const path = "/api/update_environment_variables"
  await adminRequest(access, { method: "POST", path, body: { changes } })
}
