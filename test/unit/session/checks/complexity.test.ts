import { expect, test } from "bun:test"
import { complexityProblems } from "../../../../src/session/checks/complexity.ts"

const limits = { maxFileLines: 100, maxTotalLines: 150, maxFunctionLines: 5 }

function problems(path: string, text: string): readonly string[] {
  return complexityProblems([{ path, text }], limits)
}

test("a function ends where its braces are closed, whatever its strings say", () => {
  const short = 'function f() {\n  say("}{{{") // {\n}\n\nconst x = 1\nconst y = 2\nconst z = 3\n'
  expect(problems("a.ts", short)).toEqual([])
  const long = `pub async fn f() {\n${"  g();\n".repeat(5)}}\n`
  expect(problems("a.rs", long)).toEqual(["a.rs:1: a function of 7 lines (at most 5)"])
})

test("a function without a body is one line", () => {
  expect(problems("a.ts", `export declare function f(): void;\n${"x\n".repeat(20)}`)).toEqual([])
})

test("a function in Python ends with its indentation", () => {
  const text = `def f():\n${"    g()\n".repeat(5)}\nx = 1\n`
  expect(problems("a.py", text)).toEqual(["a.py:1: a function of 7 lines (at most 5)"])
  expect(problems("a.py", `def f():\n    g()\n${"x = 1\n".repeat(20)}`)).toEqual([])
})

test("files are counted each and together", () => {
  const files = ["a.ts", "b.ts"].map((path) => ({ path, text: "x\n".repeat(80) }))
  expect(complexityProblems(files, limits)).toEqual(["160 lines in all (at most 150)"])
  expect(problems("a.ts", "x\n".repeat(101))).toEqual(["a.ts: 101 lines (at most 100)"])
})
