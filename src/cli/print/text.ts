/**
 * Text in terminal columns: a Chinese character takes two, a combining mark none. Cutting never splits
 * what a reader sees as one character.
 */

export function widthOf(text: string): number {
  return Bun.stringWidth(text)
}

/** The text in at most `width` columns, with an ellipsis where something is missing. Colours stay whole. */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  // A wide character that straddles the end may be kept by the slice: then a column less.
  for (let end = width - 1; end > 0; end--) {
    const cut = `${Bun.sliceAnsi(text, 0, end)}…`
    if (widthOf(cut) <= width) return cut
  }
  return width < 1 ? "" : "…"
}

export function padTo(text: string, width: number, align: "left" | "right" = "left"): string {
  const padding = " ".repeat(Math.max(0, width - widthOf(text)))
  return align === "left" ? text + padding : padding + text
}

/** "alpha, beta and gamma". */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`
}

/** "1 task", "3 tasks". */
export function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : `${noun}s`}`
}

/** How long ago, in the largest unit that says enough: "42s", "7m", "3h", "12d". */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}

/** The age of an ISO instant. */
export function ageOf(iso: string, now: number): string {
  return formatAge(now - Date.parse(iso))
}
