/** What an orchestration needs on a machine: a repository, a tmux server of its own, and a claude that orchestrates. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { binary } from "../../bench/binary.ts"
import { installOrchestrator } from "./claude-orchestrator.ts"
import { gitEnv } from "./git-env.ts"
import type { TmpHome } from "./tmp-home.ts"

export const tmuxSocket = "tina-e2e"

/** An environment with git, and with a tmux server and a claude of its own. */
export function withTools(home: TmpHome): TmpHome {
  const env = {
    ...home.env,
    PATH: `${installOrchestrator(home.path, binary)}:${home.env["PATH"]}`,
    TMUX_TMPDIR: home.path,
    TINA_TMUX_SOCKET: tmuxSocket,
    ...gitEnv,
  }
  return { ...home, env }
}

/** Ends that tmux server. */
export function tmuxServer({ env }: TmpHome): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      await Bun.spawn(["tmux", "-L", tmuxSocket, "kill-server"], { env, stderr: "ignore" }).exited
    },
  }
}

/** A repository with one commit and a design document, `docs/auth.md`. */
export async function makeRepository({ path, env }: TmpHome): Promise<string> {
  const cwd = join(path, "app")
  mkdirSync(join(cwd, "docs"), { recursive: true })
  writeFileSync(join(cwd, "docs", "auth.md"), "# Auth\n")
  for (const args of [
    ["init", "-q", "-b", "main"],
    ["add", "."],
    ["commit", "-q", "-m", "first"],
  ]) {
    const { exited } = Bun.spawn(["git", ...args], { cwd, env })
    if ((await exited) !== 0) throw new Error(`git ${args.join(" ")} failed`)
  }
  return cwd
}
