/** JSON text with line breaks, at most 20,000 characters of it; text that is no JSON stays as it is. */

const mostCharacters = 20_000

export function prettyJson(text: string): string {
  return pretty(text).slice(0, mostCharacters)
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
