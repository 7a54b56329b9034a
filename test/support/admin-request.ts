/** Requests to a deployment that need its admin key. */
import type { TestDeployment } from "./local-deployment.ts"

type Target = Pick<TestDeployment, "url" | "adminKey">

export async function adminFetch(
  { url, adminKey }: Target,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const headers = { authorization: `Convex ${adminKey}`, "content-type": "application/json" }
  return await fetch(`${url}${path}`, { method: "POST", headers, ...init })
}

/** `null` removes a variable. */
export async function setVariables(
  target: Target,
  variables: Readonly<Record<string, string | null>>,
): Promise<Response> {
  const changes = Object.entries(variables).map(([name, value]) => ({ name, value }))
  return await adminFetch(target, "/api/update_environment_variables", {
    body: JSON.stringify({ changes }),
  })
}
