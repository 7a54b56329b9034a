/** `tina-daemon deployment`: what the owner does with the local deployment, with a daemon and without one. */
import { Database } from "bun:sqlite"
import { describe, expect, test } from "bun:test"
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { checkDeploymentFile } from "../../../src/local/check-file.ts"
import { type CommandResult, runCommandLine, startCommand } from "../../support/command-line.ts"
import { eventually } from "../../support/eventually.ts"
import {
  deploymentCommand,
  makeDeployment,
  ownerSeams,
  startLocalDaemon,
} from "../../support/owner-commands.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const tokens = (result: CommandResult): readonly { readonly label: string }[] =>
  JSON.parse(result.stdout)

describe("without a daemon", () => {
  test("run calls internal queries and mutations and prints what they return", async () => {
    await using home = await tmpHome()
    await makeDeployment(home)
    const issued = await deploymentCommand(
      home,
      "run",
      "tokens:issue",
      '{"role":"node","label":"box"}',
    )
    expect(issued).toMatchObject({ exit: 0, stderr: "" })
    expect(JSON.parse(issued.stdout)).toMatchObject({ token: expect.stringMatching(/^tina_/) })
    expect(
      tokens(await deploymentCommand(home, "run", "tokens:list")).map(({ label }) => label),
    ).toEqual(["box", "first"])
  })

  test("run tells why a function failed, and exits with 1", async () => {
    await using home = await tmpHome()
    await makeDeployment(home)
    const failed = await deploymentCommand(home, "run", "tokens:issue", '{"role":"king"}')
    expect(failed).toMatchObject({ exit: 1, stdout: "" })
    expect(failed.stderr).toContain("ArgumentValidationError")
    const missing = await deploymentCommand(home, "run", "no:such")
    expect(missing.stderr).toContain("Could not find function for 'no:such'")
    expect(await deploymentCommand(home, "run", "tokens:list", "[]")).toMatchObject({ exit: 2 })
  })

  test("data lists tables with their sizes, and the newest rows of one", async () => {
    await using home = await tmpHome()
    await makeDeployment(home)
    await deploymentCommand(home, "run", "tokens:issue", '{"role":"node","label":"second"}')
    expect((await deploymentCommand(home, "data")).stdout).toMatch(/^tokens +2$/m)
    const rows = tokens(await deploymentCommand(home, "data", "tokens", "--json"))
    expect(rows.map(({ label }) => label)).toEqual(["second", "first"])
    const oldest = await deploymentCommand(home, "data", "tokens", "--limit", "1", "--order", "asc")
    expect(oldest.stdout).toContain("first")
    expect(oldest.stdout).not.toContain("second")
    expect((await deploymentCommand(home, "data", "nodes")).stdout).toBe("No documents.\n")
    expect(await deploymentCommand(home, "data", "--limit", "0")).toMatchObject({ exit: 2 })
    const none = await deploymentCommand(home, "data", "noeds")
    expect(none).toMatchObject({ exit: 4, stdout: "" })
    expect(none.stderr).toBe(
      "error  cannot show noeds: there is no such table\n try   tina-daemon deployment data nodes\n",
    )
  })

  test("env keeps variables, and shows values only where they are asked for", async () => {
    await using home = await tmpHome()
    await makeDeployment(home)
    expect(await deploymentCommand(home, "env", "set", "KEY", "s3cret")).toMatchObject({ exit: 0 })
    expect((await deploymentCommand(home, "env", "list")).stdout).toBe("KEY=(hidden)\n")
    expect((await deploymentCommand(home, "env", "list", "--values")).stdout).toBe("KEY=s3cret\n")
    expect((await deploymentCommand(home, "env", "get", "KEY")).stdout).toBe("s3cret\n")
    expect(await deploymentCommand(home, "env", "get", "NONE")).toMatchObject({ exit: 4 })
    await deploymentCommand(home, "env", "remove", "KEY")
    expect((await deploymentCommand(home, "env", "list")).stdout).toBe(
      "No environment variables.\n",
    )
    const builtIn = await deploymentCommand(home, "env", "set", "CONVEX_SITE_URL", "x")
    expect(builtIn).toMatchObject({ exit: 2 })
    expect(builtIn.stderr).toContain('"CONVEX_SITE_URL" is built-in and cannot be overridden')
    const polish = await deploymentCommand(home, "env", "polish")
    expect(polish).toMatchObject({ exit: 2 })
    expect(polish.stderr).toContain('"polish" is none of list, get, set and remove')
  })

  test("where there is no deployment, each says so", async () => {
    await using home = await tmpHome()
    for (const words of [
      ["data"],
      ["backup", "x.db"],
      ["export", "x.zip"],
      ["run", "tokens:list"],
    ]) {
      const result = await deploymentCommand(home, ...words)
      expect(result).toMatchObject({ exit: 4 })
      expect(result.stderr).toContain("no local deployment yet")
    }
    expect(await deploymentCommand(home, "restore", "none.db")).toMatchObject({ exit: 4 })
    expect(existsSync(join(home.stateDir, "deployment.db"))).toBe(false)
  })

  test("a file that cannot be read or written is named", async () => {
    await using home = await tmpHome()
    await makeDeployment(home)
    const missing = await deploymentCommand(home, "import", join(home.path, "none.zip"))
    expect(missing).toMatchObject({ exit: 4, stdout: "" })
    expect(missing.stderr).toContain(`cannot read ${home.path}/none.zip: there is no such file`)
    const directory = await deploymentCommand(home, "import", "--format", "zip", home.path)
    expect(directory).toMatchObject({ exit: 74, stdout: "" })
    expect(directory.stderr).toContain(`cannot read ${home.path}: it is a directory`)
    const target = join(home.path, "none", "x.zip")
    const unwritable = await deploymentCommand(home, "export", target)
    expect(unwritable).toMatchObject({ exit: 74, stdout: "" })
    expect(unwritable.stderr).toContain(`cannot write ${target}: ENOENT`)
  })

  test("logs and admin-key need a daemon", async () => {
    await using home = await tmpHome()
    await makeDeployment(home)
    expect(await deploymentCommand(home, "logs")).toMatchObject({ exit: 3 })
    expect(await deploymentCommand(home, "admin-key")).toMatchObject({ exit: 3 })
  })

  test("an unknown command names the likely one; help lists them", async () => {
    await using home = await tmpHome()
    expect((await deploymentCommand(home, "exprot")).stderr).toContain(
      "tina-daemon deployment export",
    )
    expect((await deploymentCommand(home)).stdout).toContain("  admin-key  Print the key")
    expect((await deploymentCommand(home, "move", "--help")).stdout).toContain("CONVEX_DEPLOY_KEY")
  })
})

test.each([
  [["run", "tokens:list", "{}"], "npx convex run tokens:list '{}'"],
  [["data", "tasks"], "npx convex data tasks"],
  [["env", "list"], "npx convex env list"],
  [["logs"], "npx convex logs"],
  [["export", "x.zip"], "npx convex export"],
  [["import", "x.zip"], "npx convex import x.zip"],
  [["restore", "x.db"], "npx convex import --replace-all"],
])("with a deployment elsewhere, %p names %s", async (words, expected) => {
  await using home = await tmpHome()
  const config = 'convex_url = "https://happy-otter-123.convex.cloud"\nauth_token = "t"\n'
  writeFileSync(join(home.configDir, "config.toml"), config, { mode: 0o600 })
  const result = await deploymentCommand(home, ...words)
  expect(result).toMatchObject({ exit: 6 })
  expect(result.stderr).toContain("https://happy-otter-123.convex.cloud")
  expect(result.stderr).toContain(expected)
})

test("with a daemon the same commands go through it, and logs follows its functions", async () => {
  await using home = await tmpHome()
  await using _daemon = await startLocalDaemon(home)
  expect(tokens(await deploymentCommand(home, "run", "tokens:list"))).toHaveLength(3)
  expect((await deploymentCommand(home, "data")).stdout).toMatch(/^nodes +1$/m)
  const key = await deploymentCommand(home, "admin-key", "--export")
  expect(key.stdout).toMatch(/^export CONVEX_SELF_HOSTED_URL='http:\/\/127\.0\.0\.1:\d+'$/m)

  const following = startCommand(home, ["deployment", "logs", "-f"], { seams: ownerSeams })
  await eventually(() => following.stdout().includes("nodes:registerNode"))
  await deploymentCommand(home, "run", "tokens:revoke", '{"tokenId":"x"}')
  await eventually(() =>
    /M tokens:revoke {2}[\d.]+ ms {2}failed\n {4}.*Validation/.test(following.stdout()),
  )
  following.abort("enough")
  await following.exit

  const watching = startCommand(home, ["deployment", "run", "tokens:list", "--watch"], {
    seams: ownerSeams,
  })
  await eventually(() => watching.stdout().includes("local viewer"))
  await deploymentCommand(home, "run", "tokens:issue", '{"role":"viewer","label":"seen live"}')
  await eventually(() => watching.stdout().includes("seen live"))
  watching.abort("enough")
  await watching.exit

  const rpc = await runCommandLine(home, ["rpc", "deployment.tables"])
  expect(JSON.parse(rpc.stdout).tables).toContainEqual({ name: "tokens", documents: 4 })
  await runCommandLine(home, ["rpc", "deployment.setenv", '{"variables":{"A":"1"}}'])
  const hidden = await runCommandLine(home, ["rpc", "deployment.env"])
  expect(JSON.parse(hidden.stdout).variables).toContainEqual({ name: "A" })
  expect((await deploymentCommand(home, "env", "get", "A")).stdout).toBe("1\n")
  const ran = await runCommandLine(home, ["rpc", "deployment.run", '{"function":"no:such"}'])
  expect(ran).toMatchObject({ exit: 2 })
  const rows = await runCommandLine(home, ["rpc", "deployment.rows", '{"table":"nodes","limit":1}'])
  expect(JSON.parse(rows.stdout).rows).toHaveLength(1)
}, 60_000)

describe("back-up and restore", () => {
  test("a back-up of a running deployment restores to what it was, and the daemon sends again what came since", async () => {
    await using home = await tmpHome()
    const backup = join(home.path, "tina.db")
    {
      await using _daemon = await startLocalDaemon(home)
      await deploymentCommand(home, "run", "tokens:issue", '{"role":"viewer","label":"before"}')
      expect(await deploymentCommand(home, "backup", backup)).toMatchObject({ exit: 0 })
      await deploymentCommand(home, "run", "tokens:issue", '{"role":"viewer","label":"after"}')
      const refused = await deploymentCommand(home, "restore", backup)
      expect(refused).toMatchObject({ exit: 6 })
    }
    expect(statSync(backup).mode & 0o777).toBe(0o600)
    expect(checkDeploymentFile(backup)).toEqual([])
    expect(await deploymentCommand(home, "restore", backup)).toMatchObject({ exit: 0, stderr: "" })
    const labels = tokens(await deploymentCommand(home, "run", "tokens:list")).map(
      ({ label }) => label,
    )
    expect(labels).toContain("before")
    expect(labels).not.toContain("after")
    expect(existsSync(join(home.stateDir, "deployment.db.before-restore"))).toBe(true)
    await using _again = await startLocalDaemon(home)
    const log = await runCommandLine(home, ["logs"])
    // It is told when the deployment is not the one that everything was sent to.
    expect(log.stdout.match(/registered this machine/g)).toHaveLength(2)
  }, 60_000)

  test.each([
    ["is no database", (path: string) => writeFileSync(path, "not a database")],
    [
      "is another program's",
      (path: string) => {
        rmSync(path)
        new Database(path).run("create table t (x)")
      },
    ],
    [
      "a newer version has written",
      (path: string) => void new Database(path).run("pragma user_version = 99"),
    ],
    ["is cut short", (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 20_000))],
    [
      "has an index that does not agree",
      (path: string) => {
        using database = new Database(path)
        database.run("DELETE FROM entries")
      },
    ],
  ])("a file that %s is refused, and nothing changes", async (_name, damage) => {
    await using home = await tmpHome()
    const path = await makeDeployment(home)
    const backup = join(home.path, "tina.db")
    await deploymentCommand(home, "backup", backup)
    damage(backup)
    const before = readFileSync(path)
    const result = await deploymentCommand(home, "restore", backup)
    expect(result).toMatchObject({ exit: 74 })
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(readdirSync(home.stateDir).filter((name) => /restor|tmp/.test(name))).toEqual([])
  })

  test("a back-up replaces no file, and leaves nothing behind when it cannot be written", async () => {
    await using home = await tmpHome()
    await makeDeployment(home)
    writeFileSync(join(home.path, "there"), "mine")
    expect(await deploymentCommand(home, "backup", "there")).toMatchObject({ exit: 6 })
    expect(readFileSync(join(home.path, "there"), "utf8")).toBe("mine")
    expect(await deploymentCommand(home, "backup", "no/such/directory/x.db")).toMatchObject({
      exit: 74,
    })
  })
})

test("export and import take everything to another machine", async () => {
  await using home = await tmpHome()
  await using other = await tmpHome()
  await makeDeployment(home)
  const archive = join(home.path, "tina.zip")
  const exported = await deploymentCommand(home, "export", archive)
  expect(exported).toMatchObject({ exit: 0, stderr: "" })
  expect(exported.stdout).toContain("  1 documents of ")
  expect(statSync(archive).mode & 0o777).toBe(0o600)
  expect(await deploymentCommand(home, "export", archive)).toMatchObject({ exit: 6 })

  await makeDeployment(other)
  const full = await deploymentCommand(other, "import", archive)
  expect(full).toMatchObject({ exit: 2 })
  expect(full.stderr).toContain('Table "tokens" already has documents')
  const replaced = await deploymentCommand(other, "import", archive, "--replace", "--yes")
  expect(replaced).toMatchObject({ exit: 0, stdout: "imported 1 documents\n" })
  const [mine, theirs] = await Promise.all([
    deploymentCommand(home, "data", "tokens", "--json"),
    deploymentCommand(other, "data", "tokens", "--json"),
  ])
  expect(theirs.stdout).toBe(mine.stdout)
  const rows = join(home.path, "rows.jsonl")
  writeFileSync(rows, '{"name":"p","repoPath":"/p","createdAt":"2026-01-01T00:00:00.000Z"}\n')
  const table = await deploymentCommand(other, "import", rows, "--table", "projects")
  expect(table.stdout).toBe("imported 1 documents\n")
  expect(await deploymentCommand(other, "import", "x.bin")).toMatchObject({ exit: 2 })
}, 30_000)

test("doctor names an index that does not agree with the documents, and --fix writes it anew", async () => {
  await using home = await tmpHome()
  const path = await makeDeployment(home)
  {
    using database = new Database(path)
    database.run("DELETE FROM entries WHERE index_number = (SELECT max(index_number) FROM entries)")
  }
  const seen = await runCommandLine(home, ["doctor", "--local"], { seams: ownerSeams })
  expect(seen.stdout).toMatch(/local indexes.*has no entry for document/)
  const mended = await runCommandLine(home, ["doctor", "--local", "--fix"], { seams: ownerSeams })
  expect(mended.stdout).toMatch(/local indexes.*agree.*mended/)
  expect(checkDeploymentFile(path)).toEqual([])
}, 30_000)
