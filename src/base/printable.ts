/**
 * Text that came from a disk, a socket or a network, made safe to print: what could move the cursor,
 * change colours, reverse the reading order or forge a line is shown as a visible mark instead.
 */

/** Controls of C0, DEL, C1; line and paragraph separators; marks that change the reading order. */
// The class names control characters because to find them is its purpose.
const unsafe = /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu

/** One line of text without a control character. Tabs and line breaks become a space. */
export function toPrintable(text: string): string {
  return text.toWellFormed().replace(unsafe, mark)
}

/** The same for text of several lines: line breaks stay. */
export function toPrintableLines(text: string): string {
  return text.split(/\r?\n/).map(toPrintable).join("\n")
}

function mark(character: string): string {
  const code = character.charCodeAt(0)
  if (code === 0x09 || code === 0x0a || code === 0x0d) return " "
  // The Unicode block "Control Pictures" mirrors C0: ESC (0x1b) is shown as U+241B.
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? "\u2421" : "\ufffd"
}
