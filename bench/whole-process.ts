/** How long the compiled binary takes from its start to its end, as a person at a prompt waits for it. */
import type { Measurement } from "./bench.ts"
import { binary } from "./binary.ts"
import { percentile } from "./bench.ts"

const warmUps = 2
const runs = 20

/** The median of 20 runs in milliseconds, after two that fill the caches. Throws when a run fails. */
export function timeWholeProcess(
  args: readonly string[],
  env: Record<string, string>,
): Measurement {
  const samples = Array.from({ length: warmUps + runs }, () => timeOnce(args, env)).slice(warmUps)
  return { value: percentile(samples, 0.5), n: runs }
}

function timeOnce(args: readonly string[], env: Record<string, string>): number {
  const startedAt = performance.now()
  const { exitCode, stderr } = Bun.spawnSync([binary, ...args], { env, stdin: "ignore" })
  const tookMs = performance.now() - startedAt
  if (exitCode === 0) return tookMs
  throw new Error(`tina-daemon ${args.join(" ")} ended with ${exitCode}: ${stderr.toString()}`)
}
