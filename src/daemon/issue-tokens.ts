/**
 * Makes the local deployment know the owner's tokens, as `npx convex run tokens:issue` does elsewhere: with the
 * deployment's admin key, over the API that official clients use.
 */
import { TinaError } from "../base/errors.ts"
import type { Credentials } from "./credentials.ts"

export interface AdminAccess {
  readonly url: string
  readonly adminKey: string
}

export async function issueTokens(
  { url, adminKey }: AdminAccess,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<void> {
  for (const [role, token] of Object.entries(credentials)) {
    const response = await fetch(`${url}/api/mutation`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Convex ${adminKey}` },
      body: JSON.stringify({
        path: "tokens:issue",
        format: "convex_encoded_json",
        args: [{ role, token, label: `local ${role}` }],
      }),
      signal,
    })
    const text = await response.text()
    if (!response.ok || !text.includes('"status":"success"')) {
      throw new TinaError(
        "internal",
        `cannot issue the ${role} token of the local deployment: ${text}`,
      )
    }
  }
}
