/** The service files before the parsers that machines have: Python's plistlib and systemd's own. */
import { expect, test } from "bun:test"
import { chmod, mkdir } from "node:fs/promises"
import { join } from "node:path"
import { createLaunchd } from "../../../src/system/launchd.ts"
import type { ServiceDefinition } from "../../../src/system/service-definition.ts"
import { createSystemd } from "../../../src/system/systemd.ts"
import { aService } from "../../support/service.ts"
import { tmpHome, type TmpHome } from "../../support/tmp-home.ts"

const hasPython = Bun.which("python3") !== null
const hasSystemd = Bun.which("systemd-analyze") !== null

/** A directory that each format would mistake for something else. */
async function difficultService(home: TmpHome, quotes = ""): Promise<ServiceDefinition> {
  const directory = join(home.path, `a & b <c> %h $HOME {x} 日本 🦊 ${quotes}`)
  await mkdir(directory, { recursive: true })
  const executable = join(directory, "tina-daemon")
  await Bun.write(executable, "#!/bin/sh\n")
  await chmod(executable, 0o755)
  return aService({
    executable,
    home: home.path,
    path: directory,
    env: { CLAUDE_CONFIG_DIR: directory },
  })
}

test.skipIf(!hasPython)("plistlib reads the property list", async () => {
  await using home = await tmpHome()
  const service = await difficultService(home, "\"d\" 'e' \\n")
  const file = join(home.path, "agent.plist")
  await Bun.write(file, createLaunchd({ uid: 501, home: home.path }).render(service))
  const program =
    "import json,plistlib,sys; print(json.dumps(plistlib.load(open(sys.argv[1],'rb'))))"
  const { exitCode, stdout, stderr } = Bun.spawnSync(["python3", "-c", program, file])
  expect({ exitCode, stderr: stderr.toString() }).toEqual({ exitCode: 0, stderr: "" })
  expect(JSON.parse(stdout.toString())).toMatchObject({
    ProgramArguments: [service.executable, "run"],
    Umask: 63,
    KeepAlive: { SuccessfulExit: false },
    EnvironmentVariables: { PATH: service.path, CLAUDE_CONFIG_DIR: service.path },
  })
})

test.skipIf(!hasSystemd)("systemd-analyze has nothing to say about the unit", async () => {
  await using home = await tmpHome()
  const systemd = createSystemd(join(home.path, ".config"))
  const file = join(home.path, systemd.label)
  await Bun.write(file, systemd.render(await difficultService(home)))
  const env = { ...home.env, XDG_RUNTIME_DIR: home.path }
  const verify = Bun.spawnSync(["systemd-analyze", "--user", "verify", "--man=no", file], { env })
  // It exits with 0 for a key that it does not know: only its silence counts.
  expect({ exitCode: verify.exitCode, said: verify.stderr.toString() }).toEqual({
    exitCode: 0,
    said: "",
  })
})

test.skipIf(!hasSystemd)("systemd-analyze speaks up about a unit that is wrong", async () => {
  await using home = await tmpHome()
  const systemd = createSystemd(join(home.path, ".config"))
  const file = join(home.path, systemd.label)
  const unit = systemd.render(await difficultService(home))
  await Bun.write(file, unit.replace("Restart=on-failure", "Restrat=on-failure"))
  const env = { ...home.env, XDG_RUNTIME_DIR: home.path }
  const verify = Bun.spawnSync(["systemd-analyze", "--user", "verify", "--man=no", file], { env })
  expect(verify.stderr.toString()).toContain("Restrat")
})
