/** Convex's own command line against the local deployment, as it is against a self-hosted one. */
import { expect, test } from "bun:test"
import { symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { api } from "../../support/convex-functions/api.js"
import { eventually } from "../../support/eventually.ts"
import { openTestDeployment } from "../../support/local-deployment.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const root = join(import.meta.dir, "../../..")
const program = join(root, "node_modules/convex/bin/main.js")

test("npx convex run, data, env, export, import and logs work with the admin key", async () => {
  await using home = await tmpHome()
  await writeFile(join(home.path, "package.json"), '{"dependencies":{"convex":"*"}}')
  await symlink(join(root, "node_modules"), join(home.path, "node_modules"))
  await using deployment = await openTestDeployment({ path: join(home.stateDir, "deployment.db") })
  const { url, adminKey } = deployment
  const env = {
    ...home.env,
    CONVEX_SELF_HOSTED_URL: url,
    CONVEX_SELF_HOSTED_ADMIN_KEY: adminKey,
    NO_COLOR: "1",
  }
  function start(...words: string[]) {
    const command = [process.execPath, "--bun", program, ...words]
    return Bun.spawn(command, { cwd: home.path, env, stdin: "ignore", stderr: "pipe" })
  }
  async function convex(...words: string[]): Promise<string> {
    const child = start(...words)
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ])
    expect(`${code} ${words.join(" ")}\n${code === 0 ? "" : err}`).toBe(`0 ${words.join(" ")}\n`)
    return out
  }

  await convex("run", "messages:secretSend", '{"channel":"a"}')
  expect(JSON.parse(await convex("run", "messages:secretCount"))).toBe(1)
  expect((await convex("data")).split("\n")).toContain("messages")
  expect(await convex("data", "messages")).toContain('"secret"')

  await convex("env", "set", "SHOWN", "yes")
  expect(await convex("env", "get", "SHOWN")).toBe("yes\n")
  expect(await deployment.http().query(api.surroundings.variable, { name: "SHOWN" })).toEqual([
    "yes",
    "yes",
  ])
  const builtIn = start("env", "set", "CONVEX_SITE_URL", "http://elsewhere.example")
  expect(await new Response(builtIn.stderr).text()).toContain(
    "is built-in and cannot be overridden",
  )
  expect(await builtIn.exited).toBe(1)
  await convex("env", "remove", "SHOWN")
  expect(await convex("env", "list")).toBe("")

  await convex("export", "--path", "snapshot.zip")
  await convex("run", "messages:secretSend", '{"channel":"b"}')
  await convex("import", "--replace", "-y", "snapshot.zip")
  expect(JSON.parse(await convex("run", "messages:secretCount"))).toBe(1)

  const logs = start("logs", "--success")
  let seen = ""
  void (async () => {
    for await (const text of logs.stdout.pipeThrough(new TextDecoderStream())) seen += text
  })()
  await eventually(
    async () => {
      await deployment.http().mutation(api.counters.add, { name: "c", amount: 1 })
      await fetch(`${url}/http/text`)
      return ["M(counters:add)", "H(GET /text)"].every((call) =>
        seen.includes(`[CONVEX ${call}] Function executed in`),
      )
    },
    { withinMs: 10_000 },
  )
  logs.kill("SIGINT")
  await logs.exited
}, 60_000)
