/** The status as text: one line that says how it is, the facts, and the services that need a look. */
import { toPrintable } from "../../base/printable.ts"
import type { ServiceView, StatusView } from "../../api/views.ts"
import type { Paint } from "../output.ts"
import { renderTable } from "./table.ts"
import type { Cell } from "./table.ts"
import { ageOf, counted, listed } from "./text.ts"

export interface StatusLayout {
  readonly paint: Paint
  /** Of the terminal. */
  readonly columns: number
  readonly now: number
}

export function renderStatus(status: StatusView, layout: StatusLayout): string[] {
  const { paint, now } = layout
  const facts = [
    ["deployment", deploymentCell(status, now)],
    ["page", status.page ?? ""],
    ["node", status.node.name],
    ["seen", `${counted(status.teams, "team")}, ${counted(status.tasks, "task")}`],
    ["waiting", waitingText(status, now)],
    ["agents", agentsText(status)],
    ["rules", rulesText(status)],
    ["attention", attentionCell(status)],
    ["log", status.paths["log"] ?? ""],
  ] as const
  const table = { ...layout, indent: 2, titles: false }
  const columns = [{ title: "" }, { title: "", flexible: true }] as const
  const rows = facts.map(([name, value]) => [{ text: name, colour: "dim" } as const, value])
  return [
    headline(status, layout),
    "",
    ...renderTable(
      columns,
      rows.filter(([, value]) => value !== ""),
      table,
    ),
    "",
    ...serviceLines(status.services, layout),
    ...(status.health === "healthy"
      ? []
      : ["", paint("dim", "  tina-daemon problems  says what is wrong")]),
  ]
}

function headline({ health, version, pid, startedAt, mode }: StatusView, layout: StatusLayout) {
  const { paint, now } = layout
  const mark = health === "healthy" ? paint("green", "●") : paint("yellow", "●")
  const word = health === "healthy" ? "running" : "running, but not well"
  const about = `${toPrintable(version)}, pid ${pid}, for ${ageOf(startedAt, now)}, ${mode}`
  return `${mark} tina-daemon is ${paint("bold", word)}  ${paint("dim", about)}`
}

function deploymentCell({ deployment }: StatusView, now: number): Cell {
  const { url, state, since, lastError } = deployment
  const reason = state === "connected" || lastError === undefined ? "" : `: ${lastError}`
  const text = `${url}  ${state} for ${ageOf(since, now)}${reason}`
  return state === "connected" ? { text } : { text, colour: "yellow" }
}

function waitingText({ outbox, inbox }: StatusView, now: number): string {
  const waiting = outbox.ready + outbox.running
  const age = outbox.oldestAt === undefined ? "" : `, the oldest for ${ageOf(outbox.oldestAt, now)}`
  const out = waiting === 0 ? "nothing to send" : `${counted(waiting, "change")} to send${age}`
  const asked = inbox.ready + inbox.running
  return asked === 0 ? out : `${out}, ${counted(asked, "action")} to do`
}

function agentsText({ subsystems: { supervisor } }: StatusView): string {
  const { enabled, running, queued, maxConcurrency } = supervisor
  if (!enabled) return "switched off"
  const waiting = queued === 0 ? "" : `, ${counted(queued, "task")} waiting`
  return `${running} of ${maxConcurrency} running${waiting}`
}

/** Nothing on a machine that has none. */
function rulesText({ subsystems: { automation, scheduler } }: StatusView): string {
  const { enabled, ruleCount } = automation
  if (ruleCount + scheduler.jobs === 0) return ""
  const jobs = scheduler.jobs === 0 ? "" : `, ${counted(scheduler.jobs, "job")}`
  return enabled ? `${counted(ruleCount, "rule")}${jobs}` : "switched off"
}

function attentionCell({ problems, unlinked, outbox, needsRestart }: StatusView): Cell {
  const parts = [
    ...(problems > 0 ? [counted(problems, "problem")] : []),
    ...(unlinked > 0 ? [`${counted(unlinked, "team")} not linked`] : []),
    ...(outbox.dead > 0 ? [`${counted(outbox.dead, "change")} given up`] : []),
    ...(needsRestart.length > 0 ? [`tina-daemon restart for ${listed(needsRestart)}`] : []),
  ]
  return parts.length === 0 ? { text: "nothing" } : { text: parts.join(", "), colour: "yellow" }
}

const serviceColumns = [
  { title: "service" },
  { title: "state" },
  { title: "for", align: "right" },
  { title: "restarts", align: "right" },
  { title: "last error", flexible: true },
] as const

function serviceLines(services: readonly ServiceView[], layout: StatusLayout): string[] {
  if (services.length === 0) return []
  const rows = services.map((service): (Cell | string)[] => [
    service.name,
    { text: service.state, colour: service.state === "running" ? "green" : "yellow" },
    { text: ageOf(service.since, layout.now), colour: "dim" },
    service.restarts === 0 ? "" : `${service.restarts}`,
    { text: service.lastError ?? "", colour: "dim" },
  ])
  return renderTable(serviceColumns, rows, { ...layout, indent: 2 })
}
