/** The machine on which figures were measured, because they mean nothing without it. */
import { cpus, release, totalmem } from "node:os"

export interface Machine {
  readonly os: string
  readonly arch: string
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly bun: string
}

export function describeMachine(): Machine {
  const processors = cpus()
  return {
    os: `${process.platform} ${/^\d+\.\d+/.exec(release())?.[0] ?? release()}`,
    arch: process.arch,
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    bun: Bun.version,
  }
}
