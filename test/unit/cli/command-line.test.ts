import { expect, test } from "bun:test"
import { asksForHelp, splitCommand } from "../../../src/cli/command-line.ts"
import { globalArgs } from "../../../src/cli/options.ts"

test("the command is the first word that is neither an option nor an option's value", () => {
  expect(splitCommand(["--state-dir", "/x", "tasks", "--json"], globalArgs)).toEqual({
    name: "tasks",
    before: ["--state-dir", "/x"],
    after: ["--json"],
  })
  expect(splitCommand(["--state-dir=/x", "tasks"], globalArgs).name).toBe("tasks")
  expect(splitCommand(["--local"], globalArgs)).toEqual({
    name: undefined,
    before: ["--local"],
    after: [],
  })
  expect(splitCommand(["--", "tasks"], globalArgs).name).toBeUndefined()
})

test("help is asked for before --, not after it", () => {
  expect(asksForHelp(["--json", "-h"])).toBe(true)
  expect(asksForHelp(["--", "--help"])).toBe(false)
})
