/** What the help pages say is so: their examples are accepted, and a narrow terminal hides nothing of them. */
import { expect, test } from "bun:test"
import { checkArguments } from "../../../src/cli/arguments.ts"
import type { CommandHelp } from "../../../src/cli/command.ts"
import { splitCommand } from "../../../src/cli/command-line.ts"
import { commandEntries, findCommand } from "../../../src/cli/commands.ts"
import { deploymentVerbs, findDeploymentCommand } from "../../../src/cli/commands/deployment.ts"
import { commandHelp, programHelp } from "../../../src/cli/help.ts"
import { createPaint } from "../../../src/cli/output.ts"
import { runArgs } from "../../../src/cli/run-options.ts"

async function helpPages(): Promise<readonly CommandHelp[]> {
  const all = commandEntries.map(([, entry]) => entry)
  const below = deploymentVerbs.map((name) => findDeploymentCommand(name))
  const loaded = [...all, ...below].map(async (entry) => (await entry?.load())?.help)
  return (await Promise.all(loaded)).filter((help) => help !== undefined)
}

/** The words that a shell would give the program, of the first command of the line. */
function wordsOf(line: string): string[] {
  const [first = ""] = line.replaceAll(/\$\(.*?\)/g, "x").split(/ (?:\||<|&&) /)
  return [...first.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? "",
  )
}

async function checkLine(words: readonly string[]): Promise<void> {
  const { name = "run", before, after } = splitCommand(words, runArgs)
  const [verb = "", ...rest] = after
  const below = name === "deployment" ? findDeploymentCommand(verb) : undefined
  const entry = below ?? findCommand(name)
  if (entry === undefined) throw new Error(`there is no command ${name} ${verb}`)
  const { help } = await entry.load()
  checkArguments(help.name, [...before, ...(below === undefined ? after : rest)], help.args)
}

test("every example is a line of its command that the program accepts", async () => {
  for (const { name, examples = [] } of await helpPages()) {
    for (const [line] of examples) {
      const words = wordsOf(line)
      // Without a command it is `run`; a method that is listed is called with `rpc`.
      const own = name === "methods" ? "rpc" : name
      expect(["run", "deployment restore"].includes(name) || line.startsWith(own)).toBeTrue()
      await checkLine(words)
    }
  }
})

test("a narrow terminal hides no word of a help page, and no line but one to copy is wider", async () => {
  const pages = [
    (columns: number) => programHelp("0.0.0", { paint: createPaint(false), columns }),
    ...(await helpPages()).map(
      (help) => (columns: number) =>
        commandHelp(help, "What it is for", { paint: createPaint(false), columns }),
    ),
  ]
  for (const page of pages) {
    const whole = page(Number.POSITIVE_INFINITY).split(/\s+/)
    for (const columns of [40, 60, 80]) {
      const text = page(columns)
      expect(text.split(/\s+/)).toEqual(whole)
      const wide = text.split("\n").filter((line) => line.length > columns)
      expect(wide.filter((line) => !/tina-daemon|^ {2}\S/.test(line))).toEqual([])
    }
  }
})

test("an option that may be one of a few says which", async () => {
  const { help } = (await findCommand("logs")?.load()) ?? {}
  const text = help && commandHelp(help, "", { paint: createPaint(false), columns: 80 })
  expect(text).toContain("Only this level and worse: debug, info, warn or error")
})
