/** `message`: a text for one member of an orchestration's teams, put where Claude Code looks for it. */
import { basename } from "node:path"
import { sessionLeaf } from "../command-line.ts"
import { optionalPhaseNumber, optionalText, text, whichOrchestration } from "../flags.ts"
import { deliver, inboxOf } from "../message/inbox.ts"
import { findRecipient } from "../message/recipient.ts"
import { printJson } from "../session.ts"
import { findOrchestration } from "../state/find.ts"

export const messageCommand = sessionLeaf({
  name: "message",
  summary: "Put a message into the inbox of a team's member",
  flags: {
    ...whichOrchestration,
    agent: text("Name of the member"),
    text: text("The message"),
    phase: optionalPhaseNumber(),
    team: optionalText("Name of the team's directory below teams, where several have the member"),
    from: optionalText("Who sends it; operator unless given"),
  },
  run: async (flags, session) => {
    const { agent, from = "operator" } = flags
    const { state } = findOrchestration(session, flags)
    const directory = findRecipient(session, state, flags)
    await deliver(session, inboxOf(directory, agent), { from, text: flags.text })
    printJson(session, { success: true, team: basename(directory), agent })
  },
})
