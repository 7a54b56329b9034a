/**
 * How long source files and their functions are. Functions are found by their first line and the braces
 * after it, or by indentation in Python: near enough to say that one is much too long. Pure.
 */

export interface ComplexityLimits {
  readonly maxFileLines: number
  readonly maxTotalLines: number
  readonly maxFunctionLines: number
}

export interface SourceFile {
  readonly path: string
  readonly text: string
}

const sourceName = /\.(ts|tsx|js|jsx|mjs|cjs|rs|go|py|java|kt|swift|c|h|cc|cpp|hpp|cs)$/
const functionStart =
  /^\s*(?:export\s+|default\s+|pub(?:\([^)]*\))?\s+|public\s+|private\s+|protected\s+|static\s+|async\s+|unsafe\s+|const\s+|override\s+)*(?:function\b|fn\s|func\s|fun\s|def\s)/

export function isSource(path: string): boolean {
  return sourceName.test(path)
}

/** What is over a limit, one sentence each. */
export function complexityProblems(
  files: readonly SourceFile[],
  limits: ComplexityLimits,
): readonly string[] {
  const total = files.reduce((sum, { text }) => sum + linesOf(text).length, 0)
  const tooMuch =
    total > limits.maxTotalLines ? [`${total} lines in all (at most ${limits.maxTotalLines})`] : []
  return [...files.flatMap((file) => fileProblems(file, limits)), ...tooMuch]
}

function fileProblems(
  { path, text }: SourceFile,
  { maxFileLines, maxFunctionLines }: ComplexityLimits,
): readonly string[] {
  const lines = linesOf(text)
  const long =
    lines.length > maxFileLines ? [`${path}: ${lines.length} lines (at most ${maxFileLines})`] : []
  const functions = functionsIn(lines, path.endsWith(".py"))
    .filter(({ length }) => length > maxFunctionLines)
    .map(
      ({ line, length }) =>
        `${path}:${line}: a function of ${length} lines (at most ${maxFunctionLines})`,
    )
  return [...long, ...functions]
}

function functionsIn(lines: readonly string[], isIndented: boolean) {
  return lines.flatMap((text, index) => {
    if (!functionStart.test(text)) return []
    const body = lines.slice(index)
    const length = isIndented ? indentedLength(body) : bracedLength(body)
    return [{ line: index + 1, length }]
  })
}

/** To the line on which the braces that were opened are closed again. */
function bracedLength(lines: readonly string[]): number {
  let depth = 0
  let opened = false
  for (const [index, line] of lines.entries()) {
    for (const character of withoutText(line)) {
      if (character === "{") depth++
      if (character === "}") depth--
      opened ||= depth > 0
    }
    if (opened && depth <= 0) return index + 1
    if (!opened && line.trimEnd().endsWith(";")) return index + 1
  }
  return lines.length
}

function indentedLength([first = "", ...rest]: readonly string[]): number {
  const own = indentOf(first)
  const end = rest.findIndex((line) => line.trim() !== "" && indentOf(line) <= own)
  return end === -1 ? rest.length + 1 : end + 1
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}

/** Braces in strings and comments open nothing. */
function withoutText(line: string): string {
  return line.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|\/\/.*$/g, "")
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, "").split("\n")
}
