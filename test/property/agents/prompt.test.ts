/** Whatever a prompt holds, the agent gets these bytes, and none of it is run or taken as an option. */
import { expect, test } from "bun:test"
import * as fc from "fast-check"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { agentMethods } from "../../../src/api/agent-methods.ts"
import { openTestPool } from "../../support/agent-pool.ts"
import { eventually } from "../../support/eventually.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const commands = ["$(touch pwned)", "`touch pwned`", "; touch pwned", "$HOME", "*", "!!"]
const options = ["-p", "--help", "--dangerously-skip-permissions", "--"]
const characters = ["\n", "\r\n", "'", '"', "\\", "%s", "\u001b[31m", "é", "𝄞", "\u202e"]
const nasty = fc.constantFrom(...commands, ...options, ...characters)
const prompts = fc
  .array(fc.oneof(nasty, fc.string({ unit: "binary", maxLength: 20 })), {
    minLength: 1,
    maxLength: 8,
  })
  .map((parts) => parts.join("").replaceAll("\0", ""))
  .filter((text) => text !== "" && text.isWellFormed())

test("every prompt reaches the agent byte for byte", async () => {
  await using home = await tmpHome()
  await using pool = await openTestPool(home.path, {
    settings: { maxParallel: 4, queueLimit: 500 },
  })
  const asked = ["-rf /", "--version", "$(touch pwned)", "a\nb\n", ...fc.sample(prompts, 60)]
  for (const prompt of asked) {
    const input = agentMethods["task.submit"].input().parse({ prompt })
    await pool.agents.handlers["task.submit"](input, pool.context)
  }
  await eventually(() => pool.claude.calls().length === asked.length, {
    what: "all agents",
    withinMs: 20_000,
  })
  const calls = pool.claude.calls()
  expect(calls.map(({ prompt }) => prompt).toSorted()).toEqual(asked.toSorted())
  expect(calls.every(({ args }) => args.join() === "-p")).toBe(true)
  expect(existsSync(join(home.path, "pwned"))).toBe(false)
}, 30_000)

test("the longest prompt arrives whole, and an agent that reads none of it does not matter", async () => {
  await using home = await tmpHome()
  const prompt = "0123456789abcdef".repeat(262_144 / 16)
  {
    await using pool = await openTestPool(home.path)
    await pool.agents.handlers["task.submit"]({ prompt, priority: 0 }, pool.context)
    await eventually(() => pool.agents.stats().completed === 1, { withinMs: 10_000 })
    expect(pool.claude.calls()[0]?.prompt === prompt).toBe(true)
  }
  const deaf = { command: "sh", args: ["-c", "echo deaf", "x"] }
  await using other = await tmpHome()
  await using pool = await openTestPool(other.path, { settings: deaf })
  await pool.agents.handlers["task.submit"]({ prompt, priority: 0 }, pool.context)
  await eventually(() => pool.agents.stats().completed === 1, { withinMs: 10_000 })
})

test("what no program can be given is refused", () => {
  for (const prompt of ["", "a\0b", "\ud800", "x".repeat(262_145), 7, {}, null, undefined]) {
    expect(agentMethods["task.submit"].input().safeParse({ prompt }).success).toBe(false)
  }
  for (const agent of ["", "-x", "--agent", "a b", "a\nb"]) {
    expect(agentMethods["task.submit"].input().safeParse({ prompt: "p", agent }).success).toBe(
      false,
    )
  }
})
