/** Which addresses a text that somebody else wrote may link to: the web and mail, never a script. */

const safeSchemes = new Set(["http:", "https:", "mailto:"])

/** The address, or undefined for one that is relative, broken or of another scheme. */
export function safeHref(href: string): string | undefined {
  try {
    const url = new URL(href)
    return safeSchemes.has(url.protocol) ? url.href : undefined
  } catch {
    return undefined
  }
}
