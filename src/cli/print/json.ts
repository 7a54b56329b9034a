/** JSON for programs: indented where a person reads it, one line where a program does. */
import type { Output } from "../output.ts"

export function printJson({ write, isTerminal }: Output, value: unknown): void {
  write(`${JSON.stringify(value, null, isTerminal ? 2 : undefined)}\n`)
}
