/**
 * A program started so that it outlives this one: in a session of its own, without a terminal, what it
 * prints before its own log is open going to a file.
 */
import { closeSync, mkdirSync, openSync } from "node:fs"
import { dirname } from "node:path"
import { TinaError, reasonOf, systemCodeOf } from "../base/errors.ts"
import { withoutBunOptions } from "../base/process.ts"

export interface BackgroundProgram {
  readonly argv: readonly [string, ...string[]]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Begun anew each time. */
  readonly output: string
}

export interface BackgroundProcess {
  readonly pid: number
  /** The exit code, while this process waits for it. */
  readonly exited: Promise<number>
  /** This process may end before that one from now on. */
  release(): void
}

/** TinaError `io` if it cannot be started. */
export function startInBackground({ argv, env, output }: BackgroundProgram): BackgroundProcess {
  try {
    mkdirSync(dirname(output), { recursive: true, mode: 0o700 })
    const fd = openSync(output, "w", 0o600)
    const child = Bun.spawn([...argv], {
      // Not ours: nobody could unmount or remove the directory while the program runs.
      cwd: "/",
      env: withoutBunOptions(env),
      stdin: "ignore",
      stdout: fd,
      stderr: fd,
      detached: true,
    })
    closeSync(fd)
    return { pid: child.pid, exited: child.exited, release: () => child.unref() }
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error
    throw new TinaError("io", `cannot start ${argv[0]}: ${reasonOf(error)}`, { cause: error })
  }
}
