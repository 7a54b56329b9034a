/** The service under a real systemd: what it does after a crash, and after being told to stop. */
import { expect, test } from "bun:test"
import { chmod, mkdir, readdir } from "node:fs/promises"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { createSystemClock } from "../../../src/base/clock.ts"
import { createCommandRunner } from "../../../src/system/command.ts"
import { installService, uninstallService } from "../../../src/system/install.ts"
import { createSystemd } from "../../../src/system/systemd.ts"
import { eventually } from "../../support/eventually.ts"
import { isAlive } from "../../support/processes.ts"
import { aService } from "../../support/service.ts"
import { tmpHome } from "../../support/tmp-home.ts"
import { canStartUserSystemd, startUserSystemd } from "../../support/user-systemd.ts"

const { signal } = new AbortController()

/** Says what it was given, and ends as the daemon does: with 0 when it is told to. */
const program = `#!/bin/sh
here=$(dirname -- "$0")
trap 'echo reloaded >>"$here/events"' HUP
trap 'echo stopped >>"$here/events"; exit 0' TERM
trap 'exit 2' USR1
printf '%s\\n' "$#" "$@" "$PATH" "$CLAUDE_CONFIG_DIR" "$(umask)" "$PWD" >"$here/given"
echo $$ >"$here/pid.new" && mv "$here/pid.new" "$here/pid"
while :; do sleep 0.05; done
`

test.skipIf(!canStartUserSystemd())(
  "under systemd it runs, comes back after kill -9, stays down when stopped, and uninstalls",
  async () => {
    await using home = await tmpHome()
    await using systemd = await startUserSystemd(home)
    const platform = createSystemd(join(home.path, ".config"))
    const run = createCommandRunner({ env: systemd.env })
    const deps = { platform, run, clock: createSystemClock() }
    const directory = join(home.path, "a & b <c> %h $HOME {x} 日本 🦊")
    await mkdir(directory)
    const executable = join(directory, "tina-daemon")
    await Bun.write(executable, program)
    await chmod(executable, 0o755)
    const pid = () => Number(readFileSync(join(directory, "pid"), "utf8"))
    const args = ["run", "--config", "50% \"of\" 'it' \\n $HOME ${x}"]
    const path = `${directory}:/usr/bin:/bin`
    const definition = aService({
      executable,
      args,
      path,
      logs: join(home.stateDir, "logs"),
      env: { CLAUDE_CONFIG_DIR: directory },
    })
    const systemctl = async (...words: string[]) => {
      const { stdout } = await run(["systemctl", "--user", ...words, platform.label], signal)
      return stdout.trim()
    }

    expect(await installService(definition, deps, signal)).toEqual({ status: "installed" })
    const first = await eventually(() => (existsSync(join(directory, "pid")) ? pid() : undefined))
    expect(await systemctl("is-enabled")).toBe("enabled")
    expect(await systemctl("is-active")).toBe("active")
    const given = readFileSync(join(directory, "given"), "utf8").trimEnd().split("\n")
    expect(given).toEqual(["3", ...args, path, directory, "0077", home.path])
    expect(await installService(definition, deps, signal)).toEqual({ status: "unchanged" })

    await systemctl("reload")
    const events = () => readFileSync(join(directory, "events"), "utf8")
    await eventually(() => existsSync(join(directory, "events")) && events() === "reloaded\n")

    process.kill(first, "SIGKILL")
    const second = await eventually(() => (pid() === first ? undefined : pid()), {
      withinMs: 10_000,
    })
    expect(await systemctl("is-active")).toBe("active")

    // What `tina-daemon stop` does: the process ends by itself, with 0.
    process.kill(second, "SIGTERM")
    await eventually(async () => (await systemctl("is-active")) === "inactive")
    expect(await systemctl("show", "--property=Result,SubState")).toBe(
      "Result=success\nSubState=dead",
    )
    expect(isAlive(second)).toBe(false)

    await systemctl("start")
    const third = await eventually(() => (pid() === second ? undefined : pid()))
    process.kill(third, "SIGUSR1")
    await eventually(async () => (await systemctl("is-active")) === "failed")
    expect(await systemctl("show", "--property=SubState")).toBe("SubState=failed")

    expect(await uninstallService(deps, signal)).toEqual({ status: "removed" })
    expect(await systemctl("show", "--property=LoadState")).toBe("LoadState=not-found")
    const left = await readdir(join(home.path, ".config", "systemd"), { recursive: true })
    expect(left).toEqual(["user"])
    expect(await uninstallService(deps, signal)).toEqual({ status: "absent" })
  },
  30_000,
)
