import { expect, test } from "bun:test"
import { longestParsed, parseMarkdown } from "../../../src/dashboard/view/markdown-tokens.ts"

test("ordinary text is parsed", () => {
  const types = parseMarkdown("# a\n- b\n- [x] c")?.map(({ type }) => type)
  expect(types).toEqual(["heading", "list"])
})

test("a text that is too long, or nested without an end, is not", () => {
  const half = longestParsed / 2
  const isParsed = (text: string) => parseMarkdown(text) !== undefined
  expect(isParsed("x".repeat(longestParsed))).toBe(true)
  expect(isParsed("x".repeat(longestParsed + 1))).toBe(false)
  for (const level of [">", "> ", "1. "]) expect(isParsed(level.repeat(half / 2))).toBe(false)
  expect(isParsed("> ".repeat(5) + "quoted")).toBe(true)
})

test("no text of the worst sort keeps the parser for long", () => {
  const worst = [
    "*a ",
    "_a",
    "[",
    "[a](",
    "![",
    "`",
    "<a ",
    "<!--",
    "|a",
    "~~a",
    "**a*",
    "[a]: <",
    "&",
  ]
  const startedAt = performance.now()
  for (const part of worst) parseMarkdown(part.repeat(longestParsed / part.length))
  expect(performance.now() - startedAt).toBeLessThan(10_000)
})
