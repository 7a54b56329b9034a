/** The compiled binary as a process of its own, for tests of how it starts and ends. */
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { binary } from "../../bench/binary.ts"
import { type ControlClient, connectControl } from "../../src/control/client.ts"
import { eventually } from "./eventually.ts"
import type { TmpHome } from "./tmp-home.ts"

export interface DaemonProcess extends AsyncDisposable {
  readonly pid: number
  kill(signal: NodeJS.Signals): void
  /** Its exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>
  /** What it has printed as errors; complete when it has ended. */
  stderr(): Promise<string>
}

/** Starts `tina-daemon ARGS`; it is killed, if it still runs, when the result is disposed of. */
export function spawnDaemon(home: TmpHome, args: readonly string[]): DaemonProcess {
  const child = Bun.spawn([binary, ...args], {
    env: { ...home.env },
    cwd: home.path,
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  })
  const stderr = new Response(child.stderr).text()
  const ended = child.exited.then((code) => child.signalCode ?? code)
  return {
    pid: child.pid,
    kill: (signal) => child.kill(signal),
    ended,
    stderr: () => stderr,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL")
      await child.exited
    },
  }
}

/** Ports that the system chooses, and the given lines. */
export async function writeSettings(
  home: TmpHome,
  settings = 'convex_url = "local"\n',
): Promise<void> {
  const text = `http_port = 0\n${settings}\n[local]\nport = 0\n`
  await writeFile(join(home.configDir, "config.toml"), text, { mode: 0o600 })
}

/** A client of whoever answers at the home's socket. */
export async function connectDaemon(home: TmpHome): Promise<ControlClient> {
  const path = join(home.stateDir, "daemon.sock")
  const signal = AbortSignal.timeout(60_000)
  return await eventually(() => connectControl(path, { signal }), {
    what: "the control socket",
    withinMs: 20_000,
  })
}
