/**
 * The compiled binary running in a temporary home, with what a bench needs to look at it from outside: its
 * process, its control socket and its deployment. It is stopped, by force if need be, when disposed.
 */
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { z } from "zod"
import { type ControlClient, connectControl } from "../src/control/client.ts"
import { eventually } from "../test/support/eventually.ts"
import type { TmpHome } from "../test/support/tmp-home.ts"
import { binary } from "./binary.ts"

export interface RunningDaemon extends AsyncDisposable {
  readonly pid: number
  readonly control: ControlClient
  /** Stops it in its own time, as `kill PID` would. */
  stop(): Promise<void>
}

export interface DaemonOptions {
  readonly signal: AbortSignal
  /** More lines for the config file. */
  readonly settings?: string
  /** Options of the command line; `--local` unless given. */
  readonly args?: readonly string[]
}

const startWithinMs = 20_000
const stopWithinMs = 15_000

/** Starts the daemon and waits until its control socket answers. Ports are chosen by the system. */
export async function startDaemon(home: TmpHome, options: DaemonOptions): Promise<RunningDaemon> {
  const config = `http_port = 0\n${options.settings ?? "[local]\nport = 0\n"}`
  await writeFile(join(home.configDir, "config.toml"), config, { mode: 0o600 })
  const child = Bun.spawn([binary, ...(options.args ?? ["--local"])], {
    env: { ...home.env },
    cwd: home.path,
    stdio: ["ignore", Bun.file(join(home.path, "stdout")), Bun.file(join(home.path, "stderr"))],
    detached: true,
  })
  const stop = async () => {
    child.kill("SIGTERM")
    const force = setTimeout(() => child.kill("SIGKILL"), stopWithinMs)
    await child.exited
    clearTimeout(force)
  }
  try {
    const control = await connect(home, options.signal)
    const dispose = async () => {
      await control[Symbol.asyncDispose]()
      await stop()
    }
    return { pid: child.pid, control, stop, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await stop()
    throw new Error(await readFile(join(home.path, "stderr"), "utf8"), { cause: error })
  }
}

async function connect(home: TmpHome, signal: AbortSignal): Promise<ControlClient> {
  const path = join(home.stateDir, "daemon.sock")
  const attempt = () => connectControl(path, { signal, timeoutMs: 120_000 })
  return await eventually(attempt, { what: "the control socket", withinMs: startWithinMs })
}

/** Resolves when all of `tasks` tasks are known and everything that was learnt has been sent. */
export async function settled(control: ControlClient, tasks: number): Promise<void> {
  const isSettled = async () => {
    const status = await control.call("daemon.status")
    return status.tasks >= tasks && status.outbox.ready + status.outbox.running === 0
  }
  await eventually(isSettled, { what: `${tasks} tasks in the deployment`, withinMs: 120_000 })
}

const infoSchema = z.object({ url: z.string() })
const credentialsSchema = z.object({ node: z.string(), viewer: z.string() })

export interface DeploymentAccess {
  readonly url: string
  readonly nodeToken: string
  readonly viewerToken: string
}

/** Where the daemon's own deployment is, and tokens for it. The files come last when it starts. */
export async function readAccess(home: TmpHome): Promise<DeploymentAccess> {
  const read = (name: string): Promise<unknown> =>
    eventually(async () => JSON.parse(await readFile(join(home.stateDir, name), "utf8")), {
      what: name,
    })
  const { url } = infoSchema.parse(await read("daemon.json"))
  const { node, viewer } = credentialsSchema.parse(await read("credentials.json"))
  return { url, nodeToken: node, viewerToken: viewer }
}
