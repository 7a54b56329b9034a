/** The tmux session of a phase: its name, whether it is there, what it shows, what it is told. */
import { TinaError } from "../../base/errors.ts"
import { sessionLeaf } from "../command-line.ts"
import { numberOr, phaseNumber, text } from "../flags.ts"
import { checkFeature, phaseSession } from "../names.ts"
import { printLine, type Session } from "../session.ts"
import {
  attachCommand,
  capturePane,
  hasSession,
  killSession,
  requireSession,
  sendText,
} from "../terminal/tmux.ts"

const which = { feature: text("Name of the feature"), phase: phaseNumber() }

export const nameCommand = sessionLeaf({
  name: "name",
  summary: "Print the name of the phase's tmux session",
  flags: which,
  run: async (flags, session) => printLine(session, nameOf(flags)),
})

export const existsCommand = sessionLeaf({
  name: "exists",
  summary: "Exit with 0 if the phase's tmux session exists, else with 1",
  flags: which,
  run: async (flags, session) => ((await hasSession(session, nameOf(flags))) ? 0 : 1),
})

export const stopCommand = sessionLeaf({
  name: "stop",
  summary: "End the phase's tmux session",
  flags: which,
  run: async (flags, session) => {
    const name = nameOf(flags)
    const stopped = await killSession(session, name)
    printLine(session, stopped ? `Stopped session '${name}'` : `Session '${name}' does not exist.`)
  },
})

export const sendCommand = sessionLeaf({
  name: "send",
  summary: "Type a text and Enter into the phase's tmux session",
  flags: { ...which, text: text("What is typed, as it is") },
  run: async (flags, session) => await sendText(session, nameOf(flags), flags.text),
})

export const captureCommand = sessionLeaf({
  name: "capture",
  summary: "Print what the phase's tmux session shows",
  flags: { ...which, lines: numberOr(100, "How many earlier lines") },
  run: async (flags, session) => {
    const screen = await capturePane(session, nameOf(flags), flags.lines)
    printLine(session, screen.trimEnd())
  },
})

export const attachTerminalCommand = sessionLeaf({
  name: "attach",
  summary: "Show the phase's tmux session in this terminal",
  flags: which,
  run: async (flags, session) => {
    const name = nameOf(flags)
    await requireSession(session, name)
    return await inThisTerminal(session, attachCommand(session, name))
  },
})

function nameOf({ feature, phase }: { readonly feature: string; readonly phase: string }): string {
  return phaseSession(checkFeature(feature), phase)
}

/** tmux needs the terminal itself, so it cannot run in a process group of its own. */
async function inThisTerminal(session: Session, argv: readonly string[]): Promise<number> {
  const stdio = ["inherit", "inherit", "inherit"] as const
  const child = Bun.spawn([...argv], {
    cwd: session.cwd,
    env: { ...session.around.env },
    stdio: [...stdio],
    signal: session.signal,
  })
  const code = await child.exited
  if (child.signalCode === null) return code
  throw new TinaError("io", `cannot stay attached: tmux was ended by ${child.signalCode}`)
}
