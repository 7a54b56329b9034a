/**
 * The programs that the daemon runs, on the PATH that the daemon has: an installed service does not have
 * the PATH of this terminal.
 */
import type { RunCommand } from "../command.ts"
import { fail, ok, warn, type Check } from "./check.ts"

export interface ProgramDeps {
  readonly path: string
  /** Of this terminal. */
  readonly ownPath: string
  readonly isService: boolean
  readonly platform: NodeJS.Platform
  /** Looks programs up on that same PATH. */
  readonly run: RunCommand
}

interface Program {
  readonly name: string
  readonly versionArgs: readonly string[]
  readonly purpose: string
  readonly fix: { readonly darwin: string; readonly other: string }
  readonly isVital?: true
}

const claudeInstaller = "curl -fsSL https://claude.ai/install.sh | bash"

const programs: readonly Program[] = [
  {
    name: "git",
    versionArgs: ["--version"],
    purpose: "worktrees cannot be found",
    fix: { darwin: "xcode-select --install", other: "sudo apt install git" },
    isVital: true,
  },
  {
    name: "tmux",
    versionArgs: ["-V"],
    purpose: "sessions cannot be opened",
    fix: { darwin: "brew install tmux", other: "sudo apt install tmux" },
  },
  {
    name: "claude",
    versionArgs: ["--version"],
    purpose: "agents cannot be run",
    fix: { darwin: claudeInstaller, other: claudeInstaller },
  },
]

export function programChecks(deps: ProgramDeps): readonly Check[] {
  return programs.map((program) => programCheck(program, deps))
}

function programCheck(program: Program, deps: ProgramDeps): Check {
  const { path, isService, run } = deps
  const { name, versionArgs, purpose, isVital } = program
  const fix = program.fix[deps.platform === "darwin" ? "darwin" : "other"]
  return {
    name,
    async look(signal) {
      const found = Bun.which(name, { PATH: path })
      if (found === null) {
        const whose = isService ? "the service's PATH" : "PATH"
        const message = `it is not on ${whose}: ${purpose}`
        // Installed, but not where the service looks: installing the service again takes this PATH over.
        const isElsewhere = isService && Bun.which(name, { PATH: deps.ownPath }) !== null
        const remedy = isElsewhere ? "tina-daemon install" : fix
        return isVital ? fail(message, remedy) : warn(message, remedy)
      }
      const version = await run([found, ...versionArgs], signal)
      if (!version.ok) return warn(`${found} does not work: ${version.problem}`, fix)
      return ok(`${version.stdout.trim().split("\n")[0]} (${found})`)
    },
  }
}
