/**
 * Issuing and revoking the tokens that every public function asks for. All of it is internal: reached
 * with the deployment's own key (`npx convex run tokens:issue`) or by the daemon that runs a local
 * deployment. Only hashes are stored; a token is shown once, when it is issued.
 */
import { bytesToHex } from "@noble/hashes/utils.js"
import { v } from "convex/values"
import { internalMutation, internalQuery } from "./_generated/server"
import { hashToken } from "./access.ts"
import { refuse } from "./refusal.ts"
import schema from "./schema.ts"

const shortestToken = 16
const mostTokens = 500
const role = schema.tables.tokens.validator.fields.role

/**
 * Issues a token: a new one, or the given one (at least 16 characters). A token that was issued
 * before gets this role and label, and is no longer revoked.
 */
export const issue = internalMutation({
  args: { role, label: v.optional(v.string()), token: v.optional(v.string()) },
  returns: v.object({ tokenId: v.id("tokens"), token: v.string() }),
  handler: async (ctx, { role, label = role, token = newToken() }) => {
    if (token.length < shortestToken) {
      return refuse("invalid", `a token has at least ${shortestToken} characters`)
    }
    const hash = hashToken(token)
    const row = await ctx.db
      .query("tokens")
      .withIndex("by_hash", (q) => q.eq("hash", hash))
      .unique()
    if (row !== null) {
      await ctx.db.patch(row._id, { role, label, revokedAt: undefined })
      return { tokenId: row._id, token }
    }
    const tokenId = await ctx.db.insert("tokens", { hash, role, label, createdAt: Date.now() })
    return { tokenId, token }
  },
})

/** From the next call on the token is refused. Answers whether there was something to revoke. */
export const revoke = internalMutation({
  args: { tokenId: v.id("tokens") },
  returns: v.object({ revoked: v.boolean() }),
  handler: async (ctx, { tokenId }) => {
    const row = await ctx.db.get(tokenId)
    if (row === null || row.revokedAt !== undefined) return { revoked: false }
    await ctx.db.patch(tokenId, { revokedAt: Date.now() })
    return { revoked: true }
  },
})

/** The newest 500 tokens, without their hashes. */
export const list = internalQuery({
  args: {},
  returns: v.array(schema.doc("tokens").omit("hash")),
  handler: async (ctx) => {
    const rows = await ctx.db.query("tokens").order("desc").take(mostTokens)
    return rows.map(({ hash: _hash, ...row }) => row)
  },
})

function newToken(): string {
  return `tina_${bytesToHex(crypto.getRandomValues(new Uint8Array(24)))}`
}
