/**
 * Reads the two settings of a unit file that carry foreign text, after systemd.syntax(7), systemd.service(5) and
 * systemd.unit(5): words in double quotes, C escapes, `%%` for a percent sign.
 */
export interface UnitContent {
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

export function parseUnit(text: string): UnitContent {
  const settings = text.split("\n").map((line) => /^(\w+)=(.*)$/.exec(line))
  const valuesOf = (name: string) =>
    settings.flatMap((match) => (match?.[1] === name ? [match[2] ?? ""] : []))
  const [command = ""] = valuesOf("ExecStart")
  if (!command.startsWith(":")) throw new Error("variables in the command would be replaced")
  const variables = valuesOf("Environment").flatMap(parseWords)
  const pairs = variables.map((pair) => [pair.replace(/=.*$/s, ""), pair.replace(/^[^=]*=/, "")])
  return { command: parseWords(command.slice(1)), environment: Object.fromEntries(pairs) }
}

function parseWords(text: string): string[] {
  const words: string[] = []
  let rest = text
  while (rest !== "") {
    const match = /^"((?:[^"\\]|\\[\\"])*)"(?: |$)/s.exec(rest)
    if (match?.[1] === undefined) throw new Error(`cannot read a word at: ${rest}`)
    words.push(expand(match[1].replaceAll(/\\([\\"])/g, "$1")))
    rest = rest.slice(match[0].length)
  }
  return words
}

function expand(word: string): string {
  return word.replaceAll(/%(.?)/gs, (_, char: string) => {
    if (char !== "%") throw new Error(`%${char} would be replaced in: ${word}`)
    return "%"
  })
}
