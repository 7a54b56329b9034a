import { expect, test } from "bun:test"
import type { ArgsDef } from "citty"
import { asksForHelp, checkArguments, splitCommand } from "../../../src/cli/arguments.ts"

const args = {
  team: { type: "string" },
  lines: { type: "string", alias: "n" },
  json: { type: "boolean" },
  method: { type: "positional" },
} as const satisfies ArgsDef

test("the command is the first word that is neither an option nor an option's value", () => {
  expect(splitCommand(["--state-dir", "/x", "tasks", "--json"])).toEqual({
    name: "tasks",
    rest: ["--state-dir", "/x", "--json"],
  })
  expect(splitCommand(["--state-dir=/x", "tasks"]).name).toBe("tasks")
  expect(splitCommand(["--local"])).toEqual({ name: undefined, rest: ["--local"] })
  expect(splitCommand(["--", "tasks"]).name).toBeUndefined()
})

test("what a command knows passes", () => {
  for (const words of [
    [],
    ["--json", "m"],
    ["--team", "a"],
    ["--team=-a"],
    ["-n", "5"],
    ["-n=5"],
  ]) {
    expect(() => checkArguments("tasks", words, args)).not.toThrow()
  }
})

test("an option that there is not is an error that names the likely one", () => {
  expect(() => checkArguments("tasks", ["--tem", "x"], args)).toThrow(
    "cannot run tasks: there is no option --tem",
  )
  for (const word of ["--constructor", "-x", "--no-json", "---", "--jso=1"]) {
    expect(() => checkArguments("tasks", [word], args)).toThrow("there is no option")
  }
})

test("an option without its value is an error", () => {
  for (const words of [["--team"], ["--team="], ["--team", "--json"], ["-n"]]) {
    expect(() => checkArguments("tasks", words, args)).toThrow("needs a value")
  }
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

test("help is asked for before --, not after it", () => {
  expect(asksForHelp(["--json", "-h"])).toBe(true)
  expect(asksForHelp(["--", "--help"])).toBe(false)
})
