/**
 * Making tina-daemon a service of this machine's user, and undoing it. Doing either twice changes nothing
 * more; an installation that fails puts back the file that was there. It never touches config or state.
 */
import { readFileLimited } from "../base/files.ts"
import { TinaError } from "../base/errors.ts"
import { requireWritable, type ServiceDefinition } from "./service-definition.ts"
import type { ServicePlatform } from "./service-platform.ts"
import { carryOut, type Step, type StepDeps } from "./steps.ts"

export interface InstallDeps extends StepDeps {
  readonly platform: ServicePlatform
}

export type InstallOutcome =
  | { readonly status: "installed" }
  /** The same file is there and the service runs. */
  | { readonly status: "unchanged" }

/** TinaError `conflict` while a rival is loaded, `usage` for a path that no file can carry, `io`. */
export async function installService(
  definition: ServiceDefinition,
  deps: InstallDeps,
  signal: AbortSignal,
): Promise<InstallOutcome> {
  const { platform } = deps
  const steps = planInstall(definition, platform)
  await refuseRivals(deps, signal)
  const before = readServiceFile(platform)
  if (before === platform.render(definition) && (await isServiceLoaded(deps, signal))) {
    return { status: "unchanged" }
  }
  try {
    await carryOut(steps, deps, signal)
  } catch (error) {
    // Also after an interrupt, so not with the caller's signal.
    await carryOut(undoing(platform, before), deps, AbortSignal.timeout(undoTimeMs))
    throw error
  }
  return { status: "installed" }
}

/** The steps of an installation: exactly what `installService` does when there is something to do. */
export function planInstall(
  definition: ServiceDefinition,
  platform: ServicePlatform,
): readonly Step[] {
  requireWritable(definition)
  return platform.install(definition)
}

export type UninstallOutcome = { readonly status: "removed" | "absent" }

/** Returns when the service has stopped and its file is gone. TinaError `io`. */
export async function uninstallService(
  deps: InstallDeps,
  signal: AbortSignal,
): Promise<UninstallOutcome> {
  const isThere = readServiceFile(deps.platform) !== undefined
  if (!isThere && !(await isServiceLoaded(deps, signal))) return { status: "absent" }
  await carryOut(deps.platform.uninstall(), deps, signal)
  return { status: "removed" }
}

export async function isServiceLoaded(
  { platform, run }: Pick<InstallDeps, "platform" | "run">,
  signal: AbortSignal,
): Promise<boolean> {
  const { ok } = await run(platform.isLoaded(platform.label), signal)
  signal.throwIfAborted()
  return ok
}

/** The labels of rivals that are loaded now. */
export async function loadedRivals(
  { platform, run }: Pick<InstallDeps, "platform" | "run">,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const answers = await Promise.all(
    platform.rivals.map((label) => run(platform.isLoaded(label), signal)),
  )
  signal.throwIfAborted()
  return platform.rivals.filter((_label, index) => answers[index]?.ok === true)
}

async function refuseRivals(deps: InstallDeps, signal: AbortSignal): Promise<void> {
  const [rival] = await loadedRivals(deps, signal)
  if (rival === undefined) return
  const reason = `${rival} is loaded, and both would work on the same files`
  throw new TinaError("conflict", `cannot install the service: ${reason}`, {
    hint: deps.platform.removeRival(rival),
  })
}

const maxServiceFileBytes = 1024 * 1024

/** Undefined when the service is not installed. TinaError `io` when that cannot be told. */
export function readServiceFile({ file }: Pick<ServicePlatform, "file">): string | undefined {
  const outcome = readFileLimited(file, maxServiceFileBytes)
  if (outcome.status === "read") return new TextDecoder().decode(outcome.bytes)
  if (outcome.status === "missing") return undefined
  const reason = outcome.status === "too_large" ? "it is too large" : outcome.reason
  throw new TinaError("io", `cannot read ${file}: ${reason}`)
}

const undoTimeMs = 30_000

function undoing(platform: ServicePlatform, before: string | undefined): readonly Step[] {
  if (before !== undefined) return [{ kind: "write", path: platform.file, content: before }]
  const lenient = (step: Step): Step =>
    step.kind === "run" ? { kind: "run", argv: step.argv, mode: "may_fail" } : step
  return platform.uninstall().map(lenient)
}
