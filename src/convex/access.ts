/**
 * The one gate of every public function: it takes `token`, looks for its hash, and lets the holder of
 * a role through. A refused caller learns a code and nothing else is read.
 * Roles: a `node` writes its own rows and reads them; an `operator` reads everything, submits actions
 * and deletes; a `viewer` reads everything. Whose rows they are is asked in `ownership.ts`.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import { customMutation, customQuery } from "convex-helpers/server/customFunctions"
import { pretendRequired } from "convex-helpers/validators"
import { v } from "convex/values"
import { mutation, type MutationCtx, query, type QueryCtx } from "./_generated/server"
import type { Doc } from "./_generated/dataModel"
import { refuse } from "./refusal.ts"

export type Role = Doc<"tokens">["role"]

export interface Caller {
  readonly role: Role
  readonly label: string
  readonly tokenHash: string
}

export type ReadCtx = Pick<QueryCtx, "db"> & { readonly caller: Caller }
export type WriteCtx = Pick<MutationCtx, "db"> & { readonly caller: Caller }

const longestToken = 512

export const readQuery = customQuery(query, accessFor("node", "operator", "viewer"))
export const nodeQuery = customQuery(query, accessFor("node"))
export const nodeMutation = customMutation(mutation, accessFor("node"))
export const operatorMutation = customMutation(mutation, accessFor("operator"))
export const writeMutation = customMutation(mutation, accessFor("node", "operator"))

/** The form in which a token is stored: 64 hexadecimal digits. */
export function hashToken(token: string): string {
  return bytesToHex(sha256(utf8ToBytes(token)))
}

function accessFor(...roles: Role[]) {
  return {
    // Without a token the caller is to learn "unauthenticated", not the shape of the arguments.
    args: { token: pretendRequired(v.string()) },
    input: async (ctx: QueryCtx, { token }: { token: string | undefined }) => ({
      ctx: { caller: await authenticate(ctx, token, roles) },
      args: {},
    }),
  }
}

async function authenticate(
  ctx: QueryCtx,
  token: string | undefined,
  roles: readonly Role[],
): Promise<Caller> {
  const row =
    token === undefined || token.length > longestToken ? null : await findToken(ctx, token)
  if (row === null || row.revokedAt !== undefined) {
    return refuse("unauthenticated", "the token is missing, unknown or revoked")
  }
  if (!roles.includes(row.role)) {
    return refuse(
      "forbidden",
      `this needs the role ${roles.join(" or ")}; the token is ${row.role}`,
    )
  }
  return { role: row.role, label: row.label, tokenHash: row.hash }
}

function findToken(ctx: QueryCtx, token: string): Promise<Doc<"tokens"> | null> {
  return ctx.db
    .query("tokens")
    .withIndex("by_hash", (q) => q.eq("hash", hashToken(token)))
    .unique()
}
