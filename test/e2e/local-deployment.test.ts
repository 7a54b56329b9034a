/** The deployment inside of a compiled executable that has the layout of ours: `main` and `local/worker`. */
import { expect, test } from "bun:test"
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { type TmpHome, tmpHome } from "../support/tmp-home.ts"

const local = join(import.meta.dir, "../../src/local")

const main = `
import { openLocalDeployment } from "${local}/deployment.ts"
const path = process.argv[2] + "/deployment.db"
await using deployment = await openLocalDeployment({ path, port: 0, version: "compiled" })
const version = await (await fetch(deployment.url + "/version")).text()
const answer = await fetch(deployment.url + "/api/mutation", {
  method: "POST",
  headers: { authorization: "Convex " + deployment.adminKey },
  body: JSON.stringify({ path: "tokens:issue", args: { role: "viewer", label: "test" } }),
})
const { status } = await answer.json()
console.log(JSON.stringify({ version, status, compiled: Bun.isStandaloneExecutable }))
`

async function compile(home: TmpHome): Promise<string> {
  const source = join(home.path, "source")
  await mkdir(join(source, "local"), { recursive: true })
  await Bun.write(join(source, "main.ts"), main)
  await Bun.write(join(source, "local/worker.ts"), `import "${local}/worker.ts"\n`)
  const executable = join(home.path, "program")
  const entrypoints = ["main.ts", "local/worker.ts"]
  const flags = ["--compile", "--production", "--bytecode", "--format=esm"]
  const argv = [process.execPath, "build", ...entrypoints, ...flags, `--outfile=${executable}`]
  const bundler = Bun.spawn(argv, { cwd: source, stdout: "pipe", stderr: "pipe" })
  expect(await new Response(bundler.stderr).text(), "bundler").toBe("")
  return executable
}

test("the compiled executable finds its worker and serves the project's functions", async () => {
  await using home = await tmpHome()
  const executable = await compile(home)
  const program = Bun.spawn([executable, home.stateDir], { cwd: "/", stderr: "inherit" })
  const printed: unknown = JSON.parse(await new Response(program.stdout).text())
  expect(printed).toEqual({ version: "compiled", status: "success", compiled: true })
  expect(await program.exited).toBe(0)
}, 30_000)
