/** What a daemon costs that watches 10,000 files of which none changes. Linux only: read from /proc. */
import { readFile } from "node:fs/promises"
import { sleep } from "../src/base/async.ts"
import { tmpHome } from "../test/support/tmp-home.ts"
import type { Bench, BenchContext, Measurement } from "./bench.ts"
import { writeTree } from "./claude-tree.ts"
import { readRssMb } from "./process-cost.ts"
import { settled, startDaemon } from "./running-daemon.ts"

const size = { teams: 200, tasksPerTeam: 50 }
/** Time in which what the start left behind is given back. */
const restMs = 10_000
const watchedMs = 60_000
/** Of `utime` and `stime` in /proc/PID/stat; the same on every Linux that matters. */
const ticksPerSecond = 100

export const idleMemory: Bench = {
  name: "idle.rss_mb",
  unit: "MB",
  summary: "Memory while 10,000 watched files rest",
  run: (context) => measureIdle(context, async (pid) => readRssMb(pid)),
}

export const idleCpu: Bench = {
  name: "idle.cpu_pct",
  unit: "% of a core",
  summary: "Processor time while 10,000 watched files rest, over 60 s",
  run: (context) =>
    measureIdle(context, async (pid) => {
      const before = await readCpuSeconds(pid)
      await sleep(watchedMs, context.signal)
      return (((await readCpuSeconds(pid)) - before) / (watchedMs / 1000)) * 100
    }),
}

async function measureIdle(
  { signal }: BenchContext,
  read: (pid: number) => Promise<number>,
): Promise<Measurement> {
  await using home = await tmpHome()
  writeTree(home.claudeDir, size)
  await using daemon = await startDaemon(home, { signal })
  await settled(daemon.control, size.teams * size.tasksPerTeam)
  await sleep(restMs, signal)
  return { value: await read(daemon.pid), n: 1 }
}

/** User and system time of all threads. The name in the second field may contain spaces. */
async function readCpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8")
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}
