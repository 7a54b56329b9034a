/**
 * Markdown as tokens, or nothing where a text is too long, too deep or too strange to be shown as such: it
 * was written by somebody else, and the page has to go on answering.
 */
import { lexer, type Token } from "marked"

export const longestParsed = 20_000
const deepest = 40

/** The tokens, or undefined for a text that is to be shown as it is. */
export function parseMarkdown(text: string): Token[] | undefined {
  if (text.length > longestParsed) return undefined
  try {
    const tokens = lexer(text, { gfm: true })
    return isDeeper(tokens, deepest) ? undefined : tokens
  } catch {
    return undefined
  }
}

function isDeeper(tokens: readonly Token[], levels: number): boolean {
  if (tokens.length > 0 && levels === 0) return true
  return tokens.some((token) => childrenOf(token).some((below) => isDeeper(below, levels - 1)))
}

function childrenOf(token: Token): readonly (readonly Token[])[] {
  const own = "tokens" in token && token.tokens !== undefined ? [token.tokens] : []
  const items = token.type === "list" && "items" in token ? [token.items] : []
  return [...own, ...items]
}
