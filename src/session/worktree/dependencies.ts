/** Installing a project's dependencies in a fresh worktree, told by the lock file that it has. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { TinaError } from "../../base/errors.ts"
import { runProcess } from "../../base/process.ts"
import { printLine, type Session } from "../session.ts"

const installLimitMs = 15 * 60_000

const installers: readonly (readonly [string, readonly [string, ...string[]]])[] = [
  ["bun.lock", ["bun", "install", "--frozen-lockfile"]],
  ["bun.lockb", ["bun", "install", "--frozen-lockfile"]],
  ["pnpm-lock.yaml", ["pnpm", "install", "--frozen-lockfile"]],
  ["yarn.lock", ["yarn", "install", "--frozen-lockfile"]],
  ["package-lock.json", ["npm", "ci"]],
  ["uv.lock", ["uv", "sync"]],
  ["Cargo.lock", ["cargo", "fetch", "--locked"]],
  ["go.sum", ["go", "mod", "download"]],
]

/** Does nothing where there is no lock file that it knows. TinaError `io` if the installer fails. */
export async function installDependencies(session: Session, worktree: string): Promise<void> {
  const found = installers.find(([lock]) => existsSync(join(worktree, lock)))
  if (found === undefined) return
  const [, argv] = found
  printLine(session, `Installing dependencies: ${argv.join(" ")}`)
  const outcome = await runProcess(
    { argv, cwd: worktree, env: session.around.env },
    { signal: session.signal, timeLimitMs: installLimitMs },
  )
  if (outcome.status === "exited" && outcome.code === 0) return
  const reason = outcome.status === "exited" ? outcome.stderr.text.trim() : outcome.status
  throw new TinaError("io", `cannot install dependencies with ${argv.join(" ")}: ${reason}`)
}
