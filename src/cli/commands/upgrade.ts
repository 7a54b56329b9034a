/** `upgrade`: another version of this program in its place; the old one again if the new one does not come up. */
import { existsSync } from "node:fs"
import { TinaError } from "../../base/errors.ts"
import { stateDirectory, statePaths } from "../../config/paths.ts"
import type { StatePaths } from "../../config/paths.ts"
import { findChecksum, isUrl } from "../../system/checksum.ts"
import { createCommandRunner } from "../../system/command.ts"
import { isLockHeld, readInstance } from "../../system/instance.ts"
import { upgradeProgram } from "../../system/upgrade.ts"
import type { RestartableDaemon, UpgradeOutcome } from "../../system/upgrade.ts"
import { command } from "../command.ts"
import type { CommandContext } from "../command.ts"
import { linkArgs } from "../daemon-link.ts"
import { startDaemon, stopDaemon } from "../lifecycle.ts"
import { restartService } from "../managed.ts"

const exitRolledBack = 1

export const upgradeCommand = command({
  name: "upgrade",
  args: {
    release: {
      type: "positional",
      required: true,
      description: "The new program or its release archive: a path or a URL",
    },
    sha256: {
      type: "string",
      valueHint: "sum",
      description: "Its SHA-256, or a file or URL that lists it; SHA256SUMS beside it if left out",
    },
    ...linkArgs,
  },
  usage: "RELEASE",
  details:
    "The old program is kept beside the new one as tina-daemon.previous. A daemon that runs is restarted, and has its old program back when it does not come up with the new one.",
  async execute({ release, sha256, "state-dir": stateDir }, context) {
    const { around, signal } = context
    const executable = ownExecutable(context)
    requireRelease(release)
    const paths = statePaths(stateDirectory(around, stateDir))
    const download = (url: string, init: { readonly signal: AbortSignal }) => fetch(url, init)
    const source = {
      from: release,
      sha256: await findChecksum(release, sha256, { fetch: download, signal }),
    }
    const outcome = await upgradeProgram(
      source,
      {
        executable,
        run: createCommandRunner({ env: around.env }),
        needsSigning: around.platform === "darwin" && process.arch === "x64",
        fetch: download,
        daemon: ownDaemon(paths, context),
      },
      signal,
    )
    return report(outcome, context)
  },
})

/** Before its list of checksums is looked for, which would be named in its place. */
function requireRelease(release: string): void {
  if (isUrl(release) || existsSync(release)) return
  throw new TinaError("io", `cannot read ${release}: there is no such file`, {
    hint: "tina-daemon upgrade --help",
  })
}

/** TinaError `usage` where the program is not ours to replace. */
function ownExecutable({ seams: { self } }: CommandContext): string {
  const [executable, entry] = self
  if (entry !== undefined) {
    throw new TinaError("usage", "cannot upgrade: this program is run from its sources", {
      hint: "git pull && bun run build",
    })
  }
  if (!executable.includes("/Cellar/")) return executable
  throw new TinaError("usage", "cannot upgrade: Homebrew has installed this program", {
    hint: "brew upgrade tina-daemon",
  })
}

/** Restarted by whoever looks after it, else with the options that it has now. */
function ownDaemon(paths: StatePaths, context: CommandContext): RestartableDaemon {
  const words = readInstance(paths)?.argv?.slice(1) ?? []
  return {
    isRunning: async () => isLockHeld(paths),
    async restart(signal) {
      const within = { ...context, signal }
      if ((await restartService(paths, within)) !== undefined) return
      await stopDaemon(paths, within)
      await startDaemon(words, paths, within)
    },
  }
}

function report(outcome: UpgradeOutcome, { stdout, stderr }: CommandContext): number {
  const { version } = outcome
  if (outcome.status === "rolled_back") {
    stderr.write(`${version} did not come up, and the old program is back: ${outcome.reason}\n`)
    return exitRolledBack
  }
  stdout.write(`Installed ${version}; the old program is ${outcome.previous}\n`)
  if (outcome.restarted) stdout.write("The daemon runs it now\n")
  return 0
}
