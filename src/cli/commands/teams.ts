/** `teams`: teams of agents, who is in them, and the team directories that belong to nothing. */
import type { Output as ResultOf } from "../../api/methods.ts"
import type { TeamView } from "../../api/views.ts"
import { command } from "../command.ts"
import type { CommandContext } from "../command.ts"
import { linkArgs } from "../daemon-link.ts"
import { printJson } from "../print/json.ts"
import { renderTable } from "../print/table.ts"
import type { Cell } from "../print/table.ts"
import { ageOf, counted } from "../print/text.ts"
import { openSource } from "../source.ts"

export const teamsCommand = command({
  name: "teams",
  args: {
    all: { type: "boolean", description: "Teams that have ended too" },
    json: { type: "boolean", description: "For programs" },
    ...linkArgs,
  },
  examples: [["teams --json", "with every member"]],
  async execute(args, context) {
    await using source = await openSource(args, context)
    const list = await source.call("teams.list", {})
    if (args.json) printJson(context.stdout, list)
    else printTeams(list, args.all === true, context)
    return 0
  },
})

const columns = [
  { title: "team", flexible: true },
  { title: "orchestration", flexible: true },
  { title: "phase", flexible: true },
  { title: "members", flexible: true },
  { title: "tasks done", align: "right" },
  { title: "working", align: "right" },
  { title: "age", align: "right" },
] as const

function printTeams(
  { teams, unlinked }: ResultOf<"teams.list">,
  isAll: boolean,
  { stdout, clock }: CommandContext,
): void {
  const { paint } = stdout
  const layout = { paint, columns: stdout.size().columns }
  const shown = teams.filter((team) => isAll || team.endedAt === undefined)
  const ended = teams.length - shown.length
  const rows = shown.map((team) => teamRow(team, clock.now()))
  const lines = rows.length === 0 ? ["No teams."] : renderTable(columns, rows, layout)
  if (ended > 0) lines.push("", paint("dim", `${counted(ended, "team")} ended (--all shows them)`))
  if (unlinked.length > 0) {
    const reasons = unlinked.map(({ dir, reason }) => [
      dir,
      { text: reason, colour: "dim" } as const,
    ])
    const titles = [
      { title: "not linked", flexible: true },
      { title: "because", flexible: true },
    ] as const
    lines.push("", ...renderTable(titles, reasons, layout))
    const hints = unlinked.flatMap(({ hint }) => hint ?? [])
    if (hints[0] !== undefined) lines.push("", `${paint("dim", "try")}  ${paint("cyan", hints[0])}`)
  }
  stdout.write(`${lines.join("\n")}\n`)
}

function teamRow(team: TeamView, now: number): (Cell | string)[] {
  const { pending, inProgress, completed } = team.taskCounts
  const isEnded = team.endedAt !== undefined
  return [
    { text: team.name, colour: isEnded ? "dim" : "bold" },
    team.linkedBy === "adopted" ? { text: "(ad hoc)", colour: "dim" } : team.orchestration.feature,
    team.phase ?? "",
    membersText(team),
    `${completed}/${pending + inProgress + completed}`,
    { text: `${inProgress}`, colour: inProgress > 0 ? "yellow" : "dim" },
    { text: team.createdAt === undefined ? "" : ageOf(team.createdAt, now), colour: "dim" },
  ]
}

function membersText({ members }: TeamView): string {
  const names = members.filter(({ state }) => state === "active").map(({ name }) => name)
  const gone = members.length - names.length
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names
  return [...shown, ...(gone > 0 ? [`${gone} gone`] : [])].join(", ")
}
