/** A home directory for one test: everything that the program reads or writes lies below it. */
import { mkdtemp, mkdir, realpath, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

export interface TmpHome extends AsyncDisposable {
  readonly path: string
  readonly claudeDir: string
  readonly configDir: string
  readonly stateDir: string
  /** An environment that points everything at this home and inherits nothing but PATH. */
  readonly env: Readonly<Record<string, string>>
}

export async function tmpHome(): Promise<TmpHome> {
  // Short, because the path of a socket below it has at most 100 bytes.
  const path = await realpath(await mkdtemp(join(tmpdir(), "tina-")))
  const configDir = join(path, ".config", "tina")
  const stateDir = join(path, ".local", "state", "tina")
  const claudeDir = join(path, ".claude")
  await Promise.all([configDir, claudeDir].map((dir) => mkdir(dir, { recursive: true })))
  const env = {
    HOME: path,
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    XDG_CONFIG_HOME: join(path, ".config"),
    XDG_STATE_HOME: join(path, ".local", "state"),
  }
  const remove = () => rm(path, { recursive: true, force: true })
  return { path, claudeDir, configDir, stateDir, env, [Symbol.asyncDispose]: remove }
}
