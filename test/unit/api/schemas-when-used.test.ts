/** Which schemas a process makes, counted in a process of its own: here other tests have made them all. */
import { expect, test } from "bun:test"
import { join } from "node:path"
import { z } from "zod"
import { method } from "../../../src/api/method.ts"

const src = join(import.meta.dir, "../../../src")

/** How many schemas a new process has made at each `tell()` of the program. */
async function countSchemas(program: string): Promise<number[]> {
  const counting = `
    let made = 0
    const told = []
    globalThis.__zod_globalConfig = { postProcessor: () => void made++ }
    const tell = () => told.push(made)
    ${program}
    console.log(JSON.stringify(told))
  `
  const child = Bun.spawn([process.execPath, "-e", counting], { cwd: src, stderr: "inherit" })
  const printed = await new Response(child.stdout).json()
  return z.array(z.number()).parse(printed)
}

test("commands that ask the daemon make no schema before they know what to ask", async () => {
  const told = await countSchemas(`
    const { commands } = await import("./cli/commands.ts")
    for (const name of ["status", "teams", "tasks", "actions", "problems", "rules", "task", "rpc"]) {
      await commands[name].load()
      tell()
    }
  `)
  expect(told).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
})

test("a method that is used makes its own schemas and no others", async () => {
  const [ping, both, again] = await countSchemas(`
    const { methods } = await import("./api/methods.ts")
    methods.ping.output()
    tell()
    methods["daemon.status"].output()
    tell()
    methods["daemon.status"].output()
    tell()
  `)
  expect(ping).toBeWithin(1, 10)
  expect(both).toBeGreaterThan(50)
  expect(again).toBe(both)
})

test("the schemas of a row are made when they are asked for, and once", () => {
  let made = 0
  const schema = () => z.strictObject({ made: z.literal(++made) })
  const row = method({ summary: "Test", access: "read", input: schema, output: schema })
  expect(made).toBe(0)
  expect(row.input()).toBe(row.input())
  expect(made).toBe(1)
})
