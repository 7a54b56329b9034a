/** Other processes of this program: of another state directory, or left over from something that went wrong. */
import { basename } from "node:path"
import type { RunCommand } from "../command.ts"
import type { AskDaemon } from "./instance.ts"
import { ok, warn, type Check } from "./check.ts"

export interface ProcessDeps {
  readonly run: RunCommand
  readonly ask: AskDaemon
  /** Of this process and of those that started it. */
  readonly own: readonly number[]
}

export function processCheck({ run, ask, own }: ProcessDeps): Check {
  return {
    name: "other instances",
    async look(signal) {
      const answer = await ask(signal)
      const known = answer.status === "answers" ? [...own, answer.daemon.pid] : own
      const uid = String(process.getuid?.() ?? "")
      const listed = await run(["ps", "-U", uid, "-o", "pid=,args="], signal)
      if (!listed.ok) return ok(`not known: ${listed.problem}`)
      const others = parseProcesses(listed.stdout).filter(({ pid }) => !known.includes(pid))
      const [first] = others
      if (first === undefined) return ok("none")
      const names = others.map(({ pid, args }) => `${pid} (${args})`).join(", ")
      return warn(`also running: ${names}`, `kill ${first.pid}`)
    },
  }
}

interface DaemonProcess {
  readonly pid: number
  readonly args: string
}

/** The lines of `ps` that are daemons: no command, an option first, or `run`. */
function parseProcesses(text: string): readonly DaemonProcess[] {
  return text.split("\n").flatMap((line) => {
    const [, pid, program = "", rest = ""] = /^\s*(\d+)\s+(\S+)\s*(.*)$/.exec(line) ?? []
    const isDaemon = basename(program) === "tina-daemon" && /^($|-|run\b|start\b)/.test(rest)
    return isDaemon ? [{ pid: Number(pid), args: `tina-daemon ${rest}`.trim().slice(0, 80) }] : []
  })
}
