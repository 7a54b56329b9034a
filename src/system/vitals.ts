/** What this process uses: memory, processor, and how late its event loop is. */
import { monitorEventLoopDelay } from "node:perf_hooks"

export interface Vitals {
  readonly rssBytes: number
  /** Of one core, since the last reading: 1 is a whole one. */
  readonly cpuShare: number
  /** The longest since the last reading. */
  readonly eventLoopDelayMs: number
}

export interface VitalsReader extends Disposable {
  read(): Vitals
}

export type OpenVitals = () => VitalsReader

/** `resolutionMs` is how often the loop is looked at; often would be seen in what the process uses while idle. */
export function openVitals(resolutionMs = 5_000): VitalsReader {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  let cpu = process.cpuUsage()
  let at = performance.now()

  function read(): Vitals {
    const used = process.cpuUsage(cpu)
    const elapsedMs = performance.now() - at
    const vitals = {
      rssBytes: process.memoryUsage.rss(),
      cpuShare: (used.user + used.system) / 1_000 / elapsedMs,
      eventLoopDelayMs: delay.max / 1e6,
    }
    cpu = process.cpuUsage()
    at = performance.now()
    delay.reset()
    return vitals
  }

  return { read, [Symbol.dispose]: () => void delay.disable() }
}
