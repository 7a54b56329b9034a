/** Every check of `doctor`, in the order in which they are told: from what everything needs to details. */
import { join } from "node:path"
import { tmpdir } from "node:os"
import type { Clock } from "../base/clock.ts"
import { expandHome, type StatePaths } from "../config/paths.ts"
import { readVariable, type Surroundings } from "../config/surroundings.ts"
import { agentsCheck } from "./checks/agents.ts"
import type { Check } from "./checks/check.ts"
import { claudeChecks } from "./checks/claude.ts"
import { deploymentChecks, localDeploymentCheck } from "./checks/deployment.ts"
import { diskCheck } from "./checks/disk.ts"
import { instanceChecks, type AskDaemon } from "./checks/instance.ts"
import { leftoverCheck } from "./checks/leftovers.ts"
import { type LocalDataTools, localDataChecks } from "./checks/local-data.ts"
import { loginCheck } from "./checks/login.ts"
import { logCheck } from "./checks/logs.ts"
import { processCheck } from "./checks/processes.ts"
import { programChecks } from "./checks/programs.ts"
import { serviceChecks } from "./checks/service.ts"
import { configCheck, stateDirectoryCheck, type LoadedConfig } from "./checks/settings.ts"
import { databaseCheck, outboxCheck } from "./checks/store.ts"
import { watchLimitCheck } from "./checks/watch-limits.ts"
import { createCommandRunner } from "./command.ts"
import { readServiceFile } from "./install.ts"
import type { ServicePlatform } from "./service-platform.ts"

export interface CheckupDeps {
  readonly around: Surroundings
  readonly paths: StatePaths
  readonly loaded: LoadedConfig
  readonly clock: Clock
  readonly ask: AskDaemon
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Undefined where there is no local deployment to look at. */
  readonly localData: LocalDataTools | undefined
  /** Undefined on a system without one. */
  readonly platform: ServicePlatform | undefined
  readonly program: { readonly version: string; readonly executable: string }
}

export function createCheckup(deps: CheckupDeps): readonly Check[] {
  const { around, paths, loaded, clock, platform, program, localData } = deps
  const ask = once(deps.ask)
  const service = findService(deps)
  const run = createCommandRunner({ env: { ...around.env, PATH: service.path } })
  const claudeDir = findClaudeDir(deps)
  return [
    configCheck(loaded),
    stateDirectoryCheck(paths),
    ...instanceChecks({ paths, ask, version: program.version }),
    ...(platform === undefined ? [] : serviceChecks({ platform, run })),
    processCheck({ run, ask, own: [process.pid, process.ppid] }),
    ...deploymentChecksFor(deps, ask),
    databaseCheck("store", paths.store, paths),
    databaseCheck("local data", paths.deployment, paths),
    ...(localData === undefined ? [] : localDataChecks(paths, localData)),
    outboxCheck(paths.store, clock),
    logCheck(paths.logs),
    diskCheck(paths.dir),
    ...claudeChecks({ claudeDir, env: around.env, run }),
    watchLimitCheck({
      roots: [join(claudeDir, "teams"), join(claudeDir, "tasks")],
      limits: "/proc/sys/fs/inotify",
    }),
    ...programChecks({
      ...service,
      run,
      ownPath: around.env["PATH"] ?? "",
      platform: around.platform,
    }),
    ...(loaded.ok
      ? [
          agentsCheck({
            settings: loaded.config.agents,
            file: loaded.config.file,
            path: service.path,
            ask,
          }),
        ]
      : []),
    loginCheck({ ...service, claudeDir, platform: around.platform, run }),
    leftoverCheck({
      home: around.home,
      stateDir: paths.dir,
      executable: program.executable,
      clock,
      tmp: tmpdir(),
    }),
  ]
}

/** One question to the daemon, however many checks want its answer. */
function once(ask: AskDaemon): AskDaemon {
  let answer: ReturnType<AskDaemon> | undefined
  return (signal) => (answer ??= ask(signal))
}

interface ServiceEnvironment {
  readonly isService: boolean
  readonly path: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** With what the daemon runs: the installed service's variables, else those of this terminal. */
function findService({ platform, around }: CheckupDeps): ServiceEnvironment {
  const content = platform === undefined ? undefined : readServiceFile(platform)
  const path = content === undefined ? undefined : platform?.readVariable(content, "PATH")
  if (path === undefined)
    return { isService: false, path: around.env["PATH"] ?? "", env: around.env }
  return { isService: true, path, env: { PATH: path } }
}

function findClaudeDir({ loaded, around }: CheckupDeps): string {
  if (loaded.ok) return loaded.config.claudeDir
  const chosen = readVariable(around, "CLAUDE_CONFIG_DIR")
  return chosen === undefined ? join(around.home, ".claude") : expandHome(chosen, around.home)
}

function deploymentChecksFor(
  { loaded, fetch, clock }: CheckupDeps,
  ask: AskDaemon,
): readonly Check[] {
  if (!loaded.ok) return []
  const { deployment } = loaded.config
  if (deployment.kind === "local") return [localDeploymentCheck(ask, fetch)]
  const { url, authToken: token, pageToken } = deployment
  return deploymentChecks({ url, token, pageToken, fetch, clock })
}
