import { expect, test } from "bun:test"
import { nearestWord } from "../../../src/base/nearest.ts"

const words = ["node_name", "http_port", "log", "sync"]

test("nearestWord() finds what was mistyped", () => {
  expect(nearestWord("nodename", words)).toBe("node_name")
  expect(nearestWord("htpp_port", words)).toBe("http_port")
  expect(nearestWord("lgo", words)).toBe("log")
})

test("nearestWord() does not guess at something else", () => {
  expect(nearestWord("retention", words)).toBeUndefined()
})
