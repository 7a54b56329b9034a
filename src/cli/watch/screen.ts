/**
 * A block of lines at the end of the terminal that is redrawn in place. It stays in the ordinary screen, so
 * that the scrollback is kept and the last picture remains when the command ends; it writes only the lines
 * that differ, and never more than fit, because what has scrolled away cannot be redrawn.
 */
import type { Output } from "../output.ts"
import { cutTo, widthOf } from "../print/text.ts"

export interface Screen {
  /** Shows these lines instead of the ones before. */
  draw(lines: readonly string[]): void
  /** Leaves the picture, and an empty line for the prompt where the terminal may have echoed `^C`. */
  end(): void
}

/** The terminal shows what is between these at once; one that does not know them ignores them. */
const beginUpdate = "\u001b[?2026h"
const endUpdate = "\u001b[?2026l"
const clearLine = "\u001b[2K"
const clearBelow = "\u001b[J"

export function createScreen(output: Output): Screen {
  let drawn: readonly string[] = []
  let columns = output.size().columns

  return {
    draw(lines) {
      const size = output.size()
      const fitting = fit(lines, size)
      const text = size.columns === columns ? update(drawn, fitting) : redraw(drawn, fitting, size)
      columns = size.columns
      drawn = fitting
      if (text !== "") output.write(beginUpdate + text + endUpdate)
    },
    end: () => output.write(`\r${clearLine}`),
  }
}

interface Size {
  readonly columns: number
  readonly rows: number
}

/** One row stays free for the cursor. */
function fit(lines: readonly string[], { columns, rows }: Size): string[] {
  const room = Math.max(1, rows - 1)
  const kept =
    lines.length <= room
      ? lines
      : [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more lines than fit here`]
  return kept.map((line) => cutTo(line, columns))
}

/** From below the old block to below the new one, touching only what differs. */
function update(old: readonly string[], lines: readonly string[]): string {
  if (Bun.deepEquals(old, lines)) return ""
  const body = lines.map((line, index) => (line === old[index] ? "\n" : `\r${clearLine}${line}\n`))
  const rest = old.length > lines.length ? clearBelow : ""
  return `${moveUp(old.length)}${body.join("")}${rest}`
}

/** After a change of width the terminal has wrapped the old lines anew, so all of them are replaced. */
function redraw(old: readonly string[], lines: readonly string[], { columns }: Size): string {
  const height = old.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0)
  return `${moveUp(height)}\r${clearBelow}${lines.map((line) => `${line}\n`).join("")}`
}

function moveUp(count: number): string {
  return count === 0 ? "" : `\u001b[${count}A`
}
