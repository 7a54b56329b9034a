/** Texts of others, made safe to stand in a line: nothing in them may turn the letters around it, or hide. */

/** Marks that override the direction of writing, and control characters other than line breaks and tabs. */
const tricks = /[\u202A-\u202E\u2066-\u2069]|(?![\n\r\t])\p{Cc}/gu

export function plainText(text: string): string {
  return text.replaceAll(tricks, "\uFFFD")
}
