/**
 * A real `systemd --user` for one test, with a home of its own. It refuses to run where the machine was not
 * booted with systemd, so it gets a private /run that says so; that takes root and `unshare`.
 */
import { mkdir } from "node:fs/promises"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { eventually } from "./eventually.ts"
import type { TmpHome } from "./tmp-home.ts"

export interface UserSystemd extends AsyncDisposable {
  /** For `systemctl --user` and everything else that is to talk to it. */
  readonly env: Readonly<Record<string, string>>
}

export function canStartUserSystemd(): boolean {
  const programs = ["systemd", "systemctl", "unshare", "mount"]
  return (
    process.getuid?.() === 0 && programs.every((name) => Bun.which(name) !== null) && canUnshare()
  )
}

function canUnshare(): boolean {
  const script = "mount -t tmpfs tmpfs /run"
  const argv = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script]
  return Bun.spawnSync(argv).exitCode === 0
}

const boot = `
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system
exec systemd --user --unit=basic.target`

export async function startUserSystemd(home: TmpHome): Promise<UserSystemd> {
  const runtime = join(home.path, "run")
  await mkdir(runtime, { mode: 0o700 })
  const env = { ...home.env, XDG_RUNTIME_DIR: runtime }
  const argv = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", boot]
  const manager = Bun.spawn(argv, { env, stdout: "ignore", stderr: "ignore" })
  await eventually(() => existsSync(join(runtime, "systemd", "private")), {
    what: "systemd --user",
  })
  async function stop(): Promise<void> {
    manager.kill("SIGTERM")
    await manager.exited
  }
  return { env, [Symbol.asyncDispose]: stop }
}
