/**
 * Where a command prints. It knows whether a person at a terminal reads it, how wide that is, and whether
 * colours are wanted; a test gives a command one that keeps what was printed.
 */
import { styleText } from "node:util"

export type Colour = "bold" | "dim" | "red" | "green" | "yellow" | "blue" | "cyan" | "magenta"
export type Paint = (colour: Colour | readonly Colour[], text: string) => string

export interface Output {
  write(text: string): void
  readonly isTerminal: boolean
  /** Of the terminal at this moment; elsewhere a line may be as long as it likes. */
  size(): { readonly columns: number; readonly rows: number }
  onResize(listener: () => void): Disposable
  readonly paint: Paint
}

type Environment = Readonly<Record<string, string | undefined>>

export function createStreamOutput(stream: NodeJS.WriteStream, env: Environment): Output {
  const isTerminal = stream.isTTY
  return {
    isTerminal,
    write: (text) => void stream.write(text),
    size: () =>
      isTerminal
        ? { columns: stream.columns || 80, rows: stream.rows || 24 }
        : { columns: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY },
    onResize(listener) {
      stream.on("resize", listener)
      return { [Symbol.dispose]: () => void stream.off("resize", listener) }
    },
    paint: createPaint(wantsColour(env, isTerminal)),
  }
}

export function createPaint(isColoured: boolean): Paint {
  if (!isColoured) return (_, text) => text
  return (colour, text) => styleText([colour].flat(), text, { validateStream: false })
}

/** FORCE_COLOR decides if it is set, then NO_COLOR, then whether it is a terminal that can. */
export function wantsColour(env: Environment, isTerminal: boolean): boolean {
  const force = env["FORCE_COLOR"]
  if (force !== undefined && force !== "") return force !== "0" && force !== "false"
  if (env["NO_COLOR"]) return false
  return isTerminal && env["TERM"] !== "dumb"
}
