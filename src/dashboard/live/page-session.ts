/**
 * What lets the page talk to the deployment: its address and a token, kept in this browser. `tina-daemon
 * open` puts a one-time code into the fragment of the address (fragments are not sent to servers); the
 * page takes it out at once and exchanges it.
 */
import { z } from "zod/mini"
import { startsKey } from "./starts.ts"

const pageSession = z.object({
  deploymentUrl: z.url({ protocol: /^https?$/ }),
  token: z.string().check(z.minLength(1), z.maxLength(512)),
})

export type PageSession = z.infer<typeof pageSession>

export type Exchange =
  | { readonly status: "signed_in"; readonly session: PageSession }
  | { readonly status: "no_code" }
  | { readonly status: "refused"; readonly reason: string }

const storageKey = "tina.session"
const codePattern = /^#code=([\w-]{16,128})$/

export function storedSession(storage: Storage): PageSession | undefined {
  try {
    const parsed = pageSession.safeParse(JSON.parse(storage.getItem(storageKey) ?? "null"))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

export function storeSession(storage: Storage, session: PageSession): void {
  storage.setItem(storageKey, JSON.stringify(session))
}

/** With everything that was seen in it. */
export function forgetSession(storage: Storage): void {
  storage.removeItem(storageKey)
  storage.removeItem(startsKey)
}

/** The one-time code in the address, taken out of it so that it is in no history. */
export function takeCode(page: Pick<Window, "location" | "history">): string | undefined {
  const code = codePattern.exec(page.location.hash)?.[1]
  if (code !== undefined) page.history.replaceState(null, "", "#/")
  return code
}

/** Asks the daemon for what the code stands for. */
export async function exchangeCode(code: string | undefined): Promise<Exchange> {
  if (code === undefined) return { status: "no_code" }
  const gone = "the daemon did not answer; is it still running?"
  try {
    const headers = { "content-type": "application/json" }
    const body = JSON.stringify({ code })
    const response = await fetch("session", { method: "POST", headers, body })
    if (!response.ok) return { status: "refused", reason: "the link was used before or is too old" }
    const parsed = pageSession.safeParse(await response.json())
    if (!parsed.success) return { status: "refused", reason: gone }
    return { status: "signed_in", session: parsed.data }
  } catch {
    return { status: "refused", reason: gone }
  }
}
