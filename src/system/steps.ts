/**
 * A change to the machine as a list of steps: what `--dry-run` prints is what is then done, in that order.
 * A step that fails ends the list; undoing is up to whoever made it.
 */
import { mkdir, rm } from "node:fs/promises"
import { dirname } from "node:path"
import type { Clock } from "../base/clock.ts"
import { TinaError, reasonOf } from "../base/errors.ts"
import { ensurePrivateDirectory, writeFileAtomic } from "../base/files.ts"
import type { Argv, RunCommand } from "./command.ts"

export type Step =
  /** Replaces the file in one step, and makes the directories above it. */
  | { readonly kind: "write"; readonly path: string; readonly content: string }
  | { readonly kind: "remove"; readonly path: string }
  | { readonly kind: "private_directory"; readonly path: string }
  | {
      readonly kind: "run"
      readonly argv: Argv
      /** `may_fail`: nothing to do is no failure. `until_it_fails`: asked again until the thing is gone. */
      readonly mode?: "may_fail" | "until_it_fails"
      /** What helps where it fails. */
      readonly hint?: string
    }

export interface StepDeps {
  readonly run: RunCommand
  readonly clock: Clock
}

/** TinaError `io` for the first step that fails, with what the command said. */
export async function carryOut(
  steps: readonly Step[],
  deps: StepDeps,
  signal: AbortSignal,
): Promise<void> {
  for (const step of steps) await doStep(step, deps, signal)
}

async function doStep(step: Step, deps: StepDeps, signal: AbortSignal): Promise<void> {
  switch (step.kind) {
    case "write":
      return writeUnder(step.path, step.content)
    case "remove":
      return removeFile(step.path)
    case "private_directory":
      await ensurePrivateDirectory(step.path)
      return
    case "run":
      return step.mode === "until_it_fails"
        ? runUntilItFails(step.argv, deps, signal)
        : runOnce(step, deps, signal)
  }
}

async function writeUnder(path: string, content: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
  } catch (error) {
    throw new TinaError("io", `cannot make ${dirname(path)}: ${reasonOf(error)}`, { cause: error })
  }
  await writeFileAtomic(path, content, { mode: 0o644 })
}

async function removeFile(path: string): Promise<void> {
  try {
    await rm(path, { force: true })
  } catch (error) {
    throw new TinaError("io", `cannot remove ${path}: ${reasonOf(error)}`, { cause: error })
  }
}

async function runOnce(
  { argv, mode, hint }: Extract<Step, { kind: "run" }>,
  { run }: StepDeps,
  signal: AbortSignal,
): Promise<void> {
  const result = await run(argv, signal)
  signal.throwIfAborted()
  if (result.ok || mode === "may_fail") return
  const message = `cannot run ${argv.join(" ")}: ${result.problem}`
  throw new TinaError("io", message, hint === undefined ? {} : { hint })
}

const pauseMs = 100
const patienceMs = 25_000

async function runUntilItFails(
  argv: Argv,
  { run, clock }: StepDeps,
  signal: AbortSignal,
): Promise<void> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pauseMs) {
    const result = await run(argv, signal)
    signal.throwIfAborted()
    if (!result.ok) return
    await clock.sleep(pauseMs, signal)
  }
  throw new TinaError("io", `cannot go on: ${argv.join(" ")} still finds it after ${patienceMs} ms`)
}

/** For a person to read and, apart from `write`, to run. */
export function describeStep(step: Step): string {
  switch (step.kind) {
    case "write":
      return `write ${quote(step.path)}`
    case "remove":
      return `rm -f ${quote(step.path)}`
    case "private_directory":
      return `mkdir -p -m 700 ${quote(step.path)}`
    case "run":
      return `${step.argv.map(quote).join(" ")}${remarks[step.mode ?? "must_succeed"]}`
  }
}

const remarks = {
  must_succeed: "",
  may_fail: "  # may fail",
  until_it_fails: "  # repeated until it fails",
}

/** As a POSIX shell would have to be given it. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
