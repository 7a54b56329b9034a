/** Rules in the compiled binary: from a file that changes and from a task that ends, to commands and agents. */
import { expect, test } from "bun:test"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { startDaemon } from "../../bench/running-daemon.ts"
import { eventually } from "../support/eventually.ts"
import { standInClaude } from "../support/stand-in-claude.ts"
import { tmpHome } from "../support/tmp-home.ts"

test("a changed file becomes an agent's task, its end a command, and a reload brings another rule", async () => {
  await using home = await tmpHome()
  const claude = standInClaude(home.path)
  const app = join(home.path, "app")
  const out = join(home.path, "out")
  mkdirSync(join(app, "src"), { recursive: true })
  const ports = "http_port = 0\n[local]\nport = 0\n"
  const common = `[agents]\ncommand = "${claude.path}"\n[[watch]]\npath = "${app}"\ndebounce = "50ms"\n`
  const onFile = `[[rules]]
id = "look"
trigger = { type = "file_change", pattern = "src/**/*.ts" }
action = { type = "submit_task", prompt = "look at {{payload.relative_path}}" }
`
  const onEnd = (word: string) => `[[rules]]
id = "note"
trigger = { type = "task.completed" }
cooldown = "1ms"
action = { type = "cli", command = ["sh", "-c", 'printf "%s %s" "$1" "$2" > ${out}', "x", "${word}", "{{payload.taskId}}"] }
`
  const settings = `[local]\nport = 0\n${common}${onFile}${onEnd("first")}`
  await using daemon = await startDaemon(home, { signal: AbortSignal.timeout(60_000), settings })
  writeFileSync(join(app, "src", "$(touch pwned).ts"), "1")
  await eventually(() => existsSync(out), { what: "the command's file", withinMs: 15_000 })
  await eventually(() => readFileSync(out, "utf8") === "first task-0000")
  expect(claude.calls().map(({ prompt }) => prompt)).toEqual(["look at src/$(touch pwned).ts"])
  expect(existsSync(join(home.path, "pwned"))).toBe(false)

  await daemon.control.call("task.submit", { prompt: "hold-on" })
  const config = join(home.configDir, "config.toml")
  writeFileSync(config, `${ports}${common}${onEnd("second")}`, { mode: 0o600 })
  const reloaded = await daemon.control.call("daemon.reload")
  expect(reloaded.changed).toEqual(["rules"])
  expect(reloaded.restarted).toEqual(["automation", "schedule", "file watcher"])
  // What ran went on.
  claude.release("on")
  await eventually(() => readFileSync(out, "utf8") === "second task-0001")
  expect((await daemon.control.call("automation.status")).rules.map(({ id }) => id)).toEqual([
    "note",
  ])

  writeFileSync(config, `${ports}${onEnd("third")}typo = 1\n`, { mode: 0o600 })
  expect(daemon.control.call("daemon.reload")).rejects.toThrow(
    'rules "note": there is no setting typo',
  )
  expect((await daemon.control.call("automation.status")).ruleCount).toBe(1)
}, 60_000)
