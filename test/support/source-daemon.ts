/** The daemon as it runs from the sources, where a test can have it killed at a named place. */
import { writeFileSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import type { TmpHome } from "./tmp-home.ts"

export interface SourceDaemon extends AsyncDisposable {
  /** The signal that ended it, once it has ended. */
  readonly ended: Promise<string | undefined>
  kill(signal: "SIGTERM" | "SIGKILL"): void
}

export interface SourceDaemonOptions {
  /** Lines of the config file. */
  readonly settings: string
  readonly crashAt?: string
  /** Further variables. */
  readonly env?: Readonly<Record<string, string>>
}

const entry = join(import.meta.dir, "..", "..", "src", "main.ts")

export function startSourceDaemon(home: TmpHome, options: SourceDaemonOptions): SourceDaemon {
  const config = `http_port = 0\n${options.settings}`
  writeFileSync(join(home.configDir, "config.toml"), config, { mode: 0o600 })
  const { crashAt } = options
  const crashPoint = crashAt === undefined ? {} : { TINA_CRASH_AT: crashAt }
  const child = Bun.spawn([process.execPath, entry, "run"], {
    env: { ...home.env, ...options.env, ...crashPoint },
    cwd: home.path,
    stdio: ["ignore", "ignore", Bun.file(join(home.path, "stderr"))],
    detached: true,
  })
  const ended = child.exited.then(() => child.signalCode?.toString())
  return {
    ended,
    kill: (signal) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM")
      await ended
      if (child.exitCode === null || child.exitCode === 0) return
      const text = await readFile(join(home.path, "stderr"), "utf8")
      throw new Error(`the daemon exited with ${child.exitCode}: ${text}`)
    },
  }
}
