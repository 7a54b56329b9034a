import { expect, test } from "bun:test"
import { methods } from "../../../src/api/methods.ts"
import { runCommandLine } from "../../support/command-line.ts"
import { tmpHome } from "../../support/tmp-home.ts"

/** What bash would offer for the last of these words. */
async function completeInBash(script: string, words: readonly string[]): Promise<string[]> {
  const program = `${script}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tina_daemon; printf '%s\\n' "\${COMPREPLY[@]}"`
  const child = Bun.spawn(["bash", "-c", program, "bash", "tina-daemon", ...words], {
    stdout: "pipe",
    stderr: "inherit",
  })
  const offered = await new Response(child.stdout).text()
  return offered.split("\n").filter((word) => word !== "")
}

test("bash completes commands, options, values and methods", async () => {
  await using home = await tmpHome()
  const { stdout } = await runCommandLine(home, ["completions", "bash"])
  expect(await completeInBash(stdout, ["sta"])).toEqual(["status", "start"])
  expect(await completeInBash(stdout, ["tasks", "--w"])).toEqual(["--watch"])
  expect(await completeInBash(stdout, ["logs", "--level", "w"])).toEqual(["warn"])
  expect(await completeInBash(stdout, ["rpc", ""])).toContain("tasks.list")
  expect(await completeInBash(stdout, ["--local", "rea"])).not.toContain("demo")
  expect(await completeInBash(stdout, ["session", "orch"])).toEqual(["orchestrate"])
})

test("every shell's script knows every method, and another shell is an error", async () => {
  await using home = await tmpHome()
  for (const shell of ["bash", "zsh", "fish"]) {
    const { stdout, exit } = await runCommandLine(home, ["completions", shell])
    expect(exit).toBe(0)
    for (const name of Object.keys(methods)) expect(stdout).toContain(name)
  }
  expect(await runCommandLine(home, ["completions", "tcsh"])).toMatchObject({ exit: 2 })
})

test("the scripts are accepted by the shells that are installed", async () => {
  await using home = await tmpHome()
  for (const shell of ["bash", "zsh", "fish"]) {
    if (Bun.which(shell) === null) continue
    const { stdout } = await runCommandLine(home, ["completions", shell])
    const child = Bun.spawn([shell, "-n"], {
      stdin: new TextEncoder().encode(stdout),
      stderr: "pipe",
    })
    expect({ shell, said: await new Response(child.stderr).text() }).toEqual({ shell, said: "" })
  }
})
