/** Words of a command line that a person is to copy into a shell. */

/** The word, quoted where a shell would read something else; a `~` before it stays what it is. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
