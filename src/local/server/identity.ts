/**
 * Who is calling. The holder of the admin key may call internal functions and may act as any user; everybody
 * else is anonymous, because the local deployment has no auth providers.
 */
import { z } from "zod"
import type { Caller } from "../engine/answer.ts"
import type { Json } from "../values/json.ts"

export const anonymous: Caller = { admin: false, identity: null }

export const noProviders =
  "No auth provider is configured: sign-in with tokens is not supported by the local deployment"

const attributes = z.record(z.string(), z.custom<Json>())

/** The admin key's holder, acting as a user if attributes are given; `undefined` for a wrong key. */
export function adminCaller(
  adminKey: string,
  given: string,
  impersonating?: unknown,
): Caller | undefined {
  if (!sameText(given, adminKey)) return undefined
  if (impersonating === undefined) return { admin: true, identity: null }
  const user = attributes.safeParse(impersonating)
  return user.success ? { admin: true, identity: completeIdentity(user.data) } : undefined
}

/** The caller in an `Authorization: Convex KEY[:BASE64]` header; `undefined` when it is not accepted. */
export function callerOf(header: string | null, adminKey: string): Caller | undefined {
  if (header === null) return anonymous
  const [scheme, credentials = ""] = header.split(" ")
  if (scheme !== "Convex") return undefined
  const [key = "", encoded] = credentials.split(":")
  return adminCaller(adminKey, key, encoded === undefined ? undefined : decode(encoded))
}

function decode(encoded: string): unknown {
  try {
    return JSON.parse(Buffer.from(encoded, "base64").toString("utf8"))
  } catch {
    return null
  }
}

function completeIdentity(user: Readonly<Record<string, Json>>): Json {
  const issuer = textOr(user["issuer"], "local")
  const subject = textOr(user["subject"], "user")
  const tokenIdentifier = textOr(user["tokenIdentifier"], `${issuer}|${subject}`)
  return { ...user, issuer, subject, tokenIdentifier }
}

function textOr(value: Json | undefined, fallback: string): string {
  return typeof value === "string" ? value : fallback
}

/** Compares in a time that does not depend on where the texts differ. */
function sameText(left: string, right: string): boolean {
  const [a, b] = [digest(left), digest(right)]
  let difference = 0
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0)
  return difference === 0
}

function digest(text: string): Uint8Array {
  return new Bun.CryptoHasher("sha256").update(text).digest()
}
