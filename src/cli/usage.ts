/** What is said of a command line that is wrong, with the one that was probably meant. */
import { TinaError } from "../base/errors.ts"
import { shellWord } from "../base/shell-word.ts"

/** Of the command `name`, whose words should probably have been `meant`. */
export function usageError(
  name: string,
  problem: string,
  meant: readonly string[] = ["--help"],
): TinaError {
  const hint = ["tina-daemon", name, ...meant.map(shellWord)].join(" ")
  const what = name === "run" ? "tina-daemon" : name
  return new TinaError("usage", `cannot run ${what}: ${problem}`, { hint })
}

/** "a, b or c". */
export function anyOf(words: readonly string[]): string {
  const last = words.at(-1) ?? ""
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`
}
