/** As much of a terminal as the program uses: it keeps what is visible, and says when something else is sent. */
import { createPaint } from "../../src/cli/output.ts"
import type { Output } from "../../src/cli/output.ts"

export interface TestTerminal extends Output {
  /** The visible lines down to the cursor, without spaces at their ends. */
  visible(): string[]
  /** Everything that was ever sent. */
  sent(): string
  resize(columns: number, rows: number): void
}

const escape = "\u001b"
const controls = new RegExp(`(\\n|\\r|${escape}\\[[?0-9]*[A-Za-z])`)
const moveUp = new RegExp(`^${escape}\\[(\\d+)A$`)
/** Begin and end of an update that is to be shown at once. */
const ignored = [`${escape}[?2026h`, `${escape}[?2026l`]

export function createTestTerminal(columns = 80, rows = 24): TestTerminal {
  const listeners = new Set<() => void>()
  let size = { columns, rows }
  let lines: string[] = [""]
  let row = 0
  let column = 0
  let all = ""

  function put(text: string): void {
    const line = (lines[row] ?? "").padEnd(column)
    lines[row] = line.slice(0, column) + text + line.slice(column + text.length)
    column += text.length
    if (column > size.columns) throw new Error(`line ${row} is longer than the terminal is wide`)
  }

  function control(code: string): void {
    const up = moveUp.exec(code)
    if (code === "\n") {
      row++
      column = 0
      lines[row] ??= ""
    } else if (code === "\r") column = 0
    else if (code === "\u001b[2K") lines[row] = ""
    else if (code === "\u001b[J") {
      lines = lines.slice(0, row + 1)
      lines[row] = (lines[row] ?? "").slice(0, column)
    } else if (up !== null) {
      row -= Number(up[1])
      if (row < 0 || lines.length - row > size.rows) throw new Error("moved above the screen")
    } else if (!ignored.includes(code)) throw new Error(JSON.stringify(code))
  }

  return {
    isTerminal: true,
    paint: createPaint(false),
    size: () => size,
    onResize(listener) {
      listeners.add(listener)
      return { [Symbol.dispose]: () => void listeners.delete(listener) }
    },
    write(text) {
      all += text
      for (const part of text.split(controls)) {
        if (["\n", "\r", escape].includes(part.charAt(0))) control(part)
        else if (part !== "") put(part)
      }
    },
    visible: () => lines.slice(0, row + 1).map((line) => line.trimEnd()),
    sent: () => all,
    resize(newColumns, newRows) {
      // As real terminals do, what is too long for the new width goes on in the next line.
      const wrapped = lines.flatMap((line) => wrap(line.trimEnd(), newColumns))
      row += wrapped.length - lines.length
      lines = wrapped
      size = { columns: newColumns, rows: newRows }
      for (const listener of listeners) listener()
    },
  }
}

function wrap(line: string, columns: number): string[] {
  const count = Math.max(1, Math.ceil(line.length / columns))
  return Array.from({ length: count }, (_, i) => line.slice(i * columns, (i + 1) * columns))
}
