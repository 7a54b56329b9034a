/** What a process holds, seen from outside. Linux only: read from /proc. */
import { readdirSync, readFileSync } from "node:fs"

export function readRssMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8")
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024
}

export function countDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}
