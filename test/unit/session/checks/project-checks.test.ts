import { expect, test } from "bun:test"
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { checksOf, splitCommand } from "../../../../src/session/checks/project-checks.ts"
import { tmpHome } from "../../../support/tmp-home.ts"

test.each([
  ["bun test", ["bun", "test"]],
  ['echo "a b" \'c "d"\' e\\ ', ["echo", "a b", 'c "d"', "e\\"]],
  ['echo "say \\"hi\\" | $x"', ["echo", 'say "hi" | $x']],
])("%p is parted into words", (command, words) => {
  expect([...splitCommand(command)]).toEqual(words)
})

test.each(["a | b", "a; b", "a && b", "a > b", "$(a)", "`a`", "a *", 'a "b', ""])(
  "%p is not run",
  (command) => {
    expect(() => splitCommand(command)).toThrow("cannot run")
  },
)

test("a project without a list has the checks of its kind", async () => {
  await using home = await tmpHome()
  await writeFile(join(home.path, "package.json"), '{"scripts":{"test":"x","build":"y"}}')
  await writeFile(join(home.path, "bun.lock"), "")
  await writeFile(join(home.path, "go.mod"), "")
  expect(checksOf(home.path).map(({ argv }) => argv)).toEqual([
    ["bun", "run", "test"],
    ["go", "test", "./..."],
    ["go", "vet", "./..."],
  ])
})

test("a list may name a project below it, and a wrong list is an error", async () => {
  await using home = await tmpHome()
  const below = join(home.path, "web")
  await mkdir(below)
  await writeFile(join(below, "package.json"), '{"scripts":{"lint":"x"}}')
  const list = join(home.path, "tina-checks.toml")
  await writeFile(list, '[[check]]\nkind = "project"\npath = "web"\n')
  expect(checksOf(home.path)).toEqual([
    { name: "npm run lint", cwd: below, argv: ["npm", "run", "lint"] },
  ])
  await writeFile(list, '[[check]]\nname = "x"\n')
  expect(() => checksOf(home.path)).toThrow("cannot read")
})
