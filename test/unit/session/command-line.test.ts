import { describe, expect, test } from "bun:test"
import { parseFlags } from "../../../src/session/command-line.ts"
import {
  list,
  numberOr,
  optionalBoolean,
  optionalPhaseNumber,
  optionalText,
  text,
  toggle,
} from "../../../src/session/flags.ts"

const command = {
  name: "try",
  flags: {
    feature: text("Feature"),
    note: optionalText("Note"),
    issue: list("Issue"),
    lines: numberOr(100, "Lines"),
    strict: optionalBoolean("Strict"),
    phase: optionalPhaseNumber(),
    fast: toggle("Fast"),
  },
}

function parse(...words: string[]) {
  return parseFlags(words, command)
}

describe("parseFlags", () => {
  test("gives each flag its type, and what is not given its default", () => {
    expect(parse("--feature", "a")).toEqual({ feature: "a", issue: [], lines: 100, fast: false })
    expect(
      parse(
        "--feature=a",
        "--issue",
        "x",
        "--issue=y",
        "--lines",
        "7",
        "--strict",
        "false",
        "--fast",
      ),
    ).toEqual({ feature: "a", issue: ["x", "y"], lines: 7, strict: false, fast: true })
  })

  test("keeps a value as it is, also one that looks like a flag", () => {
    expect(parse("--feature=--no-verify", "--note=-x")).toMatchObject({
      feature: "--no-verify",
      note: "-x",
    })
  })

  test("takes empty text for missing", () => {
    expect(parse("--feature", "a", "--note", "").note).toBeUndefined()
    expect(() => parse("--feature", "")).toThrow("--feature is required")
  })

  test.each([
    [["a"], "unexpected argument 'a'"],
    [["--feature", "a", "b"], "unexpected argument 'b'"],
    [["--feature", "a", "--", "b"], "unexpected argument 'b'"],
    [[], "--feature is required"],
    [["--feature"], "--feature"],
    [["--feature", "a", "--fats"], "there is no option --fats; did you mean --fast?"],
    [["--feature", "a", "--xyzzyx"], "there is no option --xyzzyx"],
    [["--feature", "a", "--feature=b"], "--feature is given twice"],
    [["--feature", "a", "--lines", "-3"], "--lines"],
    [["--feature", "a", "--lines", "x"], "must be a whole number"],
    [["--feature", "a", "--strict", "yes"], "must be true or false"],
    [["--feature", "a", "--phase", "one"], "is not a phase number"],
    [["--feature", "a", "--fast=yes"], "--fast"],
    [["--feature", "--note", "x"], "--feature"],
  ])("refuses %p", (words, named) => {
    expect(() => parse(...words)).toThrow(named)
  })
})
