/**
 * A soak: the compiled binary under everything at once for some minutes, watched from outside. At the end its
 * rows must equal the files, and at rest it must hold no more memory than after the warm-up, and no more
 * descriptors than at the start.
 */
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { createSeededRandom } from "../../src/harness/seeded-random.ts"
import { deployedRows } from "../../test/support/deployed-rows.ts"
import { eventually } from "../../test/support/eventually.ts"
import { tasksOnDisk } from "../../test/support/files-on-disk.ts"
import { openOwnDeployment, type OwnDeployment } from "../../test/support/own-deployment.ts"
import { standInClaude } from "../../test/support/stand-in-claude.ts"
import { tmpHome, type TmpHome } from "../../test/support/tmp-home.ts"
import { countDescriptors } from "../process-cost.ts"
import { readAccess, startDaemon } from "../running-daemon.ts"
import { activities, type Counts, type Stage, writeTeams } from "./activities.ts"
import { memoryAtRestMb, watchMemory } from "./readings.ts"

export interface SoakOptions {
  readonly minutes: number
  readonly seed: number
  readonly signal: AbortSignal
  /** With the daemon's own deployment, which is in the same process and never away. */
  readonly isLocal: boolean
  /** Told again and again how it goes. */
  readonly progress: (rssMb: number, counts: Counts) => void
}

export interface SoakResult {
  readonly rssGrowthMb: number
  /** At rest, in the end. */
  readonly rssMb: number
  readonly descriptorGrowth: number
  readonly rowsEqualFiles: boolean
  readonly counts: Counts & { readonly logFiles: number }
}

/** Much to write into small files, so that the log is rotated all the time. A reload adds the level. */
const logSettings = '[heartbeat]\ninterval = "1s"\n[log]\nmax_file_bytes = "4KiB"\nkeep_files = 3\n'
/** Most are forgotten again during the soak, with their output. */
const agentSettings = (command: string) => `[agents]\ncommand = "${command}"\nretention = "5s"\n`
const localSettings = 'convex_url = "local"\n[local]\nport = 0\n'
const warmUpShare = 1 / 3

export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const { seed, minutes, signal, isLocal } = options
  await using home = await tmpHome()
  await using deployment = isLocal ? undefined : await openOwnDeployment(home)
  writeTeams(home)
  const claude = standInClaude(home.path)
  const place = deployment?.settings ?? localSettings
  const settings = `${place}${agentSettings(claude.path)}${logSettings}`
  await using daemon = await startDaemon(home, { signal, settings, args: [] })
  const { pid } = daemon
  const rows = await rowsOf(home, deployment)
  const isInSync = async () => Bun.deepEquals(await rows.tasks(), tasksOnDisk(home.claudeDir))
  await eventually(isInSync, { what: "the first rows", withinMs })
  const descriptors = countDescriptors(pid)
  const counts: Counts = { writes: 0, reloads: 0, outages: 0, clients: 0, agentTasks: 0 }
  const random = createSeededRandom(seed)
  const stage = { home, deployment, pid, counts, random, settings: `http_port = 0\n${settings}` }

  await endure(stage, minutes * warmUpShare, options)
  const warmMb = await memoryAtRestMb(pid, signal)
  await endure(stage, minutes * (1 - warmUpShare), options)
  const rowsEqualFiles = await comesTrue(isInSync)
  const rssMb = await memoryAtRestMb(pid, signal)
  return {
    rssGrowthMb: rssMb - warmMb,
    rssMb,
    descriptorGrowth: countDescriptors(pid) - descriptors,
    rowsEqualFiles,
    counts: { ...counts, logFiles: readdirSync(join(home.stateDir, "logs")).length },
  }
}

async function rowsOf(home: TmpHome, deployment: OwnDeployment | undefined) {
  if (deployment !== undefined) return deployedRows(deployment.url, deployment.tokens.viewer)
  const { url, viewerToken } = await readAccess(home)
  return deployedRows(url, viewerToken)
}

/** Everything at once for so long. What fails ends all of it. */
async function endure(
  stage: Stage,
  minutes: number,
  { signal, progress }: SoakOptions,
): Promise<void> {
  const failed = new AbortController()
  const time = AbortSignal.timeout(Math.round(minutes * 60_000))
  const until = AbortSignal.any([signal, failed.signal, time])
  const read = (rssMb: number) => progress(rssMb, stage.counts)
  const running = [
    watchMemory(stage.pid, { signal: until, read }),
    ...Object.values(activities).map((activity) => activity(stage, until)),
  ]
  try {
    await Promise.all(running)
  } finally {
    failed.abort()
    await Promise.allSettled(running)
  }
}

const withinMs = 60_000

async function comesTrue(condition: () => Promise<boolean>): Promise<boolean> {
  try {
    return await eventually(condition, { withinMs })
  } catch {
    return false
  }
}
