/** Command lines that are wrong: each is told what is wrong with it, where, and what to run instead. */
import { expect, test } from "bun:test"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { runCommandLine } from "../../support/command-line.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const lines: Readonly<Record<string, readonly [line: string, problem: string, hint: string][]>> = {
  "an option that there is not is named where it stands, and put right where it can be guessed": [
    ["--nope VALUE", "tina-daemon: there is no option --nope (before VALUE)", "run --help"],
    ["--nope", "tina-daemon: there is no option --nope", "run --help"],
    ["--nope=1", "tina-daemon: there is no option --nope", "run --help"],
    ["--http-prt 0", "tina-daemon: there is no option --http-prt (before 0)", "run --http-port 0"],
    ["--nope X status", "status: there is no option --nope (before X)", "status --help"],
    ["--jsno status", "status: there is no option --jsno (before status)", "status --json"],
    [
      "--http-port 0 status",
      "status: there is no option --http-port (before status)",
      "status --help",
    ],
    ["status --jsno", "status: there is no option --jsno", "status --json"],
    ["tasks --tem a --json", "tasks: there is no option --tem", "tasks --team a --json"],
    ["tasks --tem", "tasks: there is no option --tem", "tasks --help"],
    ["tasks --tem=a", "tasks: there is no option --tem", "tasks --team=a"],
    ["logs -n5", "logs: there is no option -n5", "logs -n 5"],
    ["status --version", "status: there is no option --version", "status --help"],
    ["help --nope", "help: there is no option --nope", "help --help"],
    ["deployment --nope", "deployment: there is no option --nope", "deployment --help"],
    [
      "deployment data --lmit 5",
      "deployment data: there is no option --lmit",
      "deployment data --limit 5",
    ],
    [
      "deployment --lmit data",
      "deployment data: there is no option --lmit (before data)",
      "deployment data --help",
    ],
  ],
  "an option of the command that takes a value stands after it": [
    ["-n 5 logs -f", "logs: -n must stand after logs", "logs -n 5 -f"],
    ["--team a tasks", "tasks: --team must stand after tasks", "tasks --team a"],
    [
      "--state-dir /x deployment --limit 5 data",
      "deployment data: --limit must stand after data",
      "deployment data --state-dir /x --limit 5",
    ],
  ],
  "an option without its value is named with what stands in its place": [
    ["--config", "tina-daemon: --config needs a value", "run --help"],
    ["--config --local", "tina-daemon: --config needs a value, but --local follows", "run --help"],
    [
      "--config status --json",
      'status: --config (before status) needs a value; if "status" is it: --config=status',
      "status --help",
    ],
    ["-n logs", "logs: -n (before logs) needs a value", "logs --help"],
    ["logs -n", "logs: -n needs a value", "logs --help"],
    ["logs --lines=", "logs: --lines needs a value", "logs --help"],
  ],
  "a value where none is taken is left out": [
    ["status --json=yes", "status: --json takes no value", "status --json"],
    ["--json=yes status", "status: --json (before status) takes no value", "status --json"],
    ["--local=yes", "tina-daemon: --local takes no value", "run --local"],
  ],
  "of two values for one option the last is proposed": [
    ["logs -n 5 --lines 6", 'logs: --lines is given twice: "5" and "6"', "logs --lines 6"],
    [
      "--state-dir /a status --state-dir=/b",
      'status: --state-dir is given twice: "/a" and "/b"',
      "status --state-dir=/b",
    ],
  ],
  "a value that there is not is told those that there are": [
    [
      "logs --level wran",
      'logs: --level must be debug, info, warn or error, not "wran"',
      "logs --level warn",
    ],
    [
      "--log-level=loud",
      'tina-daemon: --log-level must be debug, info, warn or error, not "loud"',
      "run --help",
    ],
    [
      "deployment data --limit 0",
      'deployment data: --limit must be from 1 to 10000, not "0"',
      "deployment data --help",
    ],
  ],
  "a command that there is not is named, and the likely one": [
    ["xyzzy", "xyzzy: there is no such command", "--help"],
    ["help xyzzy", "xyzzy: there is no such command", "--help"],
    ["-h xyzzy", "xyzzy: there is no such command", "--help"],
    ["--json statsu", "statsu: there is no such command", "status"],
    ["deployment dta", "deployment dta: there is no such command", "deployment data"],
    [
      "deployment constructor",
      "deployment constructor: there is no such command",
      "deployment --help",
    ],
  ],
}

for (const [name, rows] of Object.entries(lines)) {
  test(name, async () => {
    await using home = await tmpHome()
    for (const [line, problem, hint] of rows) {
      expect({ line, ...(await runCommandLine(home, line.split(" "))) }).toEqual({
        line,
        exit: 2,
        stdout: "",
        stderr: `error  cannot run ${problem}\n try   tina-daemon ${hint}\n`,
      })
    }
  })
}

test("dashboard says what it can do, and where it cannot write", async () => {
  await using home = await tmpHome()
  const other = await runCommandLine(home, ["dashboard", "polish"])
  expect(other).toMatchObject({ exit: 2 })
  expect(other.stderr).toContain("it can be exported")
  const nowhere = await runCommandLine(home, ["dashboard", "export"])
  expect(nowhere).toMatchObject({ exit: 2 })
  expect(nowhere.stderr).toContain("cannot run dashboard: DIR is missing")
  const file = join(home.path, "file")
  await writeFile(file, "")
  const unwritable = await runCommandLine(home, ["dashboard", "export", join(file, "page")])
  expect(unwritable).toMatchObject({ exit: 74, stdout: "" })
  expect(unwritable.stderr).toContain(`cannot write to ${file}/page: ENOTDIR`)
})

test("an empty word is shown as one", async () => {
  await using home = await tmpHome()
  const { stderr } = await runCommandLine(home, ["", "status"])
  expect(stderr).toContain('cannot run "": there is no such command')
})

test("a hint is quoted as a shell needs it", async () => {
  await using home = await tmpHome()
  const line = ["task", "submit", "fix it; it's red", "--priorty", "5"]
  const { stderr } = await runCommandLine(home, line)
  expect(stderr).toContain(`try   tina-daemon task submit 'fix it; it'\\''s red' --priority 5\n`)
})

test("an option that takes no value may be given twice, and stand before the command", async () => {
  await using home = await tmpHome()
  const { exit, stdout } = await runCommandLine(home, ["--json", "status", "--json"])
  expect({ exit, status: JSON.parse(stdout) }).toMatchObject({
    exit: 3,
    status: { running: false },
  })
})

test("a value that has the name of a command is a value where a command follows, or with =", async () => {
  await using home = await tmpHome()
  for (const line of [
    ["--state-dir", "status", "status"],
    ["status", "--state-dir=status"],
  ]) {
    const { exit, stdout } = await runCommandLine(home, [...line, "--json"])
    expect({ exit, paths: JSON.parse(stdout).paths.state }).toEqual({
      exit: 3,
      paths: expect.stringMatching(/\/status$/),
    })
  }
})

test("--version before a command is answered, whatever follows", async () => {
  await using home = await tmpHome()
  for (const line of [
    ["--version", "status"],
    ["-V", "nope"],
    ["--local", "--version"],
  ]) {
    expect(await runCommandLine(home, line)).toMatchObject({
      exit: 0,
      stdout: "tina-daemon 0.0.0\n",
    })
  }
})

test("help COMMAND shows the help of commands below it too", async () => {
  await using home = await tmpHome()
  const data = await runCommandLine(home, ["help", "deployment", "data"])
  expect(data.stdout).toContain("tina-daemon deployment data [TABLE]")
  const list = await runCommandLine(home, ["help", "session", "list"])
  expect(list.stdout).toContain("tina-session list")
})

test("an option before the commands of tina-session is named", async () => {
  await using home = await tmpHome()
  const { exit, stderr } = await runCommandLine(home, ["--nope", "session", "list"])
  expect(exit).toBe(2)
  expect(stderr).toContain("cannot run tina-session: there is no option --nope before its commands")
})
