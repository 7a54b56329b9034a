/** How a command shows an import and asks whether it may be done. */
import { toPrintableLines } from "../base/printable.ts"
import type { ImportOptions, ImportProgress } from "../owner/import.ts"
import { formatBytes } from "../system/checks/check.ts"
import { openAsker } from "./ask.ts"
import type { CommandContext } from "./command.ts"

/** `yes`: whoever gave the command has agreed already. */
export function openImportDialogue(
  { stderr, signal }: Pick<CommandContext, "stderr" | "signal">,
  yes: boolean,
): ImportOptions & Disposable {
  using opening = new DisposableStack()
  const asker = yes ? undefined : opening.use(openAsker(signal))
  let shown = ""
  function show(text: string): void {
    if (text === shown) return
    shown = text
    stderr.write(`${stderr.paint("dim", toPrintableLines(text))}\n`)
  }
  const owned = opening.move()
  return {
    onProgress: (progress) => show(lineOf(progress)),
    confirm: async () => {
      if (asker === undefined) return true
      const answer = await asker.ask("Go on? [y/N] ")
      return /^y(es)?$/i.test(answer)
    },
    [Symbol.dispose]: () => owned.dispose(),
  }
}

function lineOf(progress: ImportProgress): string {
  if (progress.step !== "upload") return progress.message
  return `uploaded ${formatBytes(progress.sent)} of ${formatBytes(progress.bytes)}`
}
