import { expect, test } from "bun:test"
import type { ArgsDef } from "citty"
import { checkArguments } from "../../../src/cli/arguments.ts"

const args = {
  team: { type: "string" },
  lines: { type: "string", alias: "n" },
  json: { type: "boolean" },
  level: { type: "enum", options: ["low", "high"] },
  method: { type: "positional" },
} as const satisfies ArgsDef

test("what a command knows passes", () => {
  for (const words of [
    ["--json", "m"],
    ["m", "--team", "a"],
    ["--team=-a", "m"],
    ["-n", "5", "m"],
  ]) {
    expect(() => checkArguments("tasks", words, args)).not.toThrow()
  }
})

test("an option that there is not is an error that names the likely one", () => {
  expect(() => checkArguments("tasks", ["--tem", "x"], args)).toThrow(
    "cannot run tasks: there is no option --tem",
  )
  for (const word of ["--constructor", "-x", "--no-json", "---", "--jso=1", "--method"]) {
    expect(() => checkArguments("tasks", [word], args)).toThrow("there is no option")
  }
})

test("an option without its value is an error", () => {
  for (const words of [["--team"], ["--team="], ["--team", "--json"], ["-n"]]) {
    expect(() => checkArguments("tasks", words, args)).toThrow("needs a value")
  }
})

test("a value that an option cannot have, or none where it takes none, is an error", () => {
  expect(() => checkArguments("tasks", ["m", "--level", "loud"], args)).toThrow(
    'cannot run tasks: --level must be low or high, not "loud"',
  )
  expect(() => checkArguments("tasks", ["m", "--json=1"], args)).toThrow("takes no value")
})

test("what is missing is named", () => {
  expect(() => checkArguments("tasks", [], args)).toThrow("cannot run tasks: METHOD is missing")
  const needed = { dir: { type: "string", required: true } } as const
  expect(() => checkArguments("demo", [], needed)).toThrow("cannot run demo: --dir is missing")
})

test("a word too many is an error, after -- too", () => {
  for (const words of [
    ["a", "b"],
    ["a", "--", "b"],
    ["--", "a", "b"],
  ]) {
    expect(() => checkArguments("tasks", words, args)).toThrow("one argument too many")
  }
})
