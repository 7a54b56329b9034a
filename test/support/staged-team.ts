/** A team of agents and its tasks as documents, with the history that leads to their present state. */
import type { Document, TaskDocument } from "../../src/convex/documents.ts"
import { member, task, team } from "./documents.ts"

type Status = TaskDocument["status"]
type TaskLine = readonly [
  subject: string,
  status: Status,
  owner?: string | undefined,
  blockedBy?: string[],
]

export interface Now {
  /** The time so many minutes ago. */
  readonly ago: (minutes: number) => string
}

interface CrewOf {
  readonly orchestration: string
  readonly ago: Now["ago"]
  readonly started: number
  readonly phaseNumber?: string
  readonly linkedBy?: "sidecar" | "adopted"
}

export function crew(
  dir: string,
  { orchestration: key, ago, started, phaseNumber, linkedBy = "sidecar" }: CrewOf,
  members: readonly (readonly [string, string, string])[],
): Document[] {
  return [
    team({
      orchestration: key,
      dir,
      teamName: dir,
      createdAt: Date.parse(ago(started)),
      linkedBy,
      ...(phaseNumber === undefined ? {} : { phaseNumber }),
    }),
    ...members.map(([agentName, model, agentType], index) =>
      member({
        team: dir,
        agentName,
        model,
        agentType,
        joinedAt: ago(started),
        tmuxPaneId: index === 0 ? "" : `%${40 + index}`,
        cwd: key.replace("worktree:", ""),
        recordedAt: ago(started),
      }),
    ),
  ]
}

/** The last of the tasks changed `pace` minutes ago, the one before it as long before that, and so on. */
export function work(
  dir: string,
  ago: Now["ago"],
  lines: readonly TaskLine[],
  pace = 5,
): Document[] {
  return lines.flatMap(([subject, status, owner, blockedBy = []], index) => {
    const taskId = `${index + 1}`
    const age = (lines.length - index) * pace
    const step = (at: Status, minutes: number, who?: string): Document =>
      task({
        team: dir,
        taskId,
        eventId: `${dir}-${taskId}-${at}`,
        subject,
        status: at,
        description: describe(subject),
        activeForm: `Working on: ${subject}`,
        blockedBy,
        metadata: JSON.stringify({ task_number: index + 1, model: "haiku" }),
        recordedAt: ago(minutes),
        ...(who === undefined ? {} : { owner: who }),
      })
    const steps = [step("pending", age + 14)]
    if (status !== "pending") steps.push(step("in_progress", age + 2, owner))
    if (status === "completed") steps.push(step("completed", age, owner))
    return steps
  })
}

function describe(subject: string): string {
  return [
    `${subject}. Keep the change small and say in the commit *why* it is needed.`,
    "",
    "## Done when",
    "",
    "- [x] the case in the report fails before and passes after",
    "- [ ] `bun test` is green, on both databases",
    "- [ ] the help page names the new setting",
    "",
    "```sh\nbun test --filter accounts\n```",
    "",
    "See [the specification](https://example.com/specs/passkeys) for the words to use.",
  ].join("\n")
}
