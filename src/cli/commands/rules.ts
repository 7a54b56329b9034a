/** `rules`: what runs by itself, and deciding about it. */
import type { AutomationView, RuleView } from "../../api/automation-methods.ts"
import { TinaError } from "../../base/errors.ts"
import { nearestWord } from "../../base/nearest.ts"
import { command } from "../command.ts"
import type { CommandContext } from "../command.ts"
import { connectToDaemon, linkArgs } from "../daemon-link.ts"
import type { DaemonLink } from "../daemon-link.ts"
import { printJson } from "../print/json.ts"
import { renderTable, type Cell } from "../print/table.ts"
import { ageOf } from "../print/text.ts"

interface Asked {
  readonly verb: string
  readonly what: string | undefined
  readonly json: boolean
}

type Verb = (asked: Asked, link: DaemonLink, context: CommandContext) => Promise<number>

const verbs: Readonly<Record<string, Verb>> = {
  list,
  enable: toggle,
  disable: toggle,
  approvals,
  approve: decide,
  deny: decide,
}

export const ruleVerbs: readonly string[] = Object.keys(verbs)

export const rulesCommand = command({
  name: "rules",
  usage: "[list] | enable [ID] | disable [ID] | approvals | approve NUMBER | deny NUMBER",
  args: {
    verb: { type: "positional", required: false, description: ruleVerbs.join(", ") },
    what: { type: "positional", required: false, description: "A rule, or what waits" },
    json: { type: "boolean", description: "For programs" },
    ...linkArgs,
  },
  details:
    "Rules stand in the config file ([[rules]]). Without a name, enable and disable are about all of them.",
  examples: [
    ["rules disable nightly-tests", "until it is enabled again, over restarts"],
    ["rules approve 12", "do what a rule waits to do"],
  ],
  async execute({ verb = "list", what, ...args }, context) {
    const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
    if (run === undefined) throw unknownVerb(verb)
    await using link = await connectToDaemon(args, context)
    return await run({ verb, what, json: args.json === true }, link, context)
  },
})

function unknownVerb(word: string): TinaError {
  return new TinaError("usage", `cannot run rules ${word}: there is no such thing to do`, {
    hint: `tina-daemon rules ${nearestWord(word, ruleVerbs) ?? "--help"}`,
  })
}

async function list({ json }: Asked, { client }: DaemonLink, context: CommandContext) {
  const status = await client.call("automation.status")
  if (json) printJson(context.stdout, status)
  else printRules(status, context)
  return 0
}

const columns = [
  { title: "rule" },
  { title: "state" },
  { title: "when", flexible: true },
  { title: "does", flexible: true },
  { title: "last" },
] as const

function printRules(status: AutomationView, { stdout, clock }: CommandContext): void {
  const { enabled, rules, recentExecutions } = status
  const layout = { paint: stdout.paint, columns: stdout.size().columns }
  const rows = rules.map((rule): (Cell | string)[] => {
    const last = recentExecutions.find(({ ruleId }) => ruleId === rule.id)
    const lastText =
      last === undefined ? "" : `${last.status} ${ageOf(last.timestamp, clock.now())}`
    const isOn = enabled && rule.enabled
    return [
      { text: rule.id, colour: "bold" },
      isOn ? { text: "on", colour: "green" } : { text: "off", colour: "dim" },
      { text: triggerText(rule), colour: "dim" },
      { text: actionText(rule), colour: "dim" },
      last?.status === "error" ? { text: lastText, colour: "red" } : lastText,
    ]
  })
  const lines = rows.length === 0 ? ["No rules."] : renderTable(columns, rows, layout)
  const note = enabled ? [] : [stdout.paint("yellow", "All rules are switched off.")]
  stdout.write(`${[...lines, ...note].join("\n")}\n`)
}

function triggerText({ trigger }: RuleView): string {
  const { on, cron, glob, type, source, pattern } = trigger
  if (on === "schedule") return `at ${textOf(cron)}`
  if (on === "file") return `files ${textOf(glob)}`.trimEnd()
  return [type, source, pattern].map(textOf).filter(Boolean).join(" ")
}

function actionText({ action, requiresApproval }: RuleView): string {
  const { type, prompt, message, command: words, url, method } = action
  const about = Array.isArray(words) ? words.join(" ") : (prompt ?? message ?? url ?? method)
  return `${textOf(type)}${requiresApproval ? " (asks first)" : ""}: ${textOf(about)}`
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : ""
}

async function toggle(
  { verb, what, json }: Asked,
  { client }: DaemonLink,
  context: CommandContext,
) {
  const method = verb === "enable" ? "automation.enable" : "automation.disable"
  const answer = await client.call(method, what === undefined ? {} : { ruleId: what })
  if ("success" in answer && !answer.success) throw noSuchRule(what ?? "")
  const whom = what === undefined ? "Rules are" : `Rule ${what} is`
  if (json) printJson(context.stdout, answer)
  else context.stdout.write(`${whom} ${verb}d\n`)
  return 0
}

function noSuchRule(id: string): TinaError {
  return new TinaError("not_found", `cannot find the rule ${id}: there is none of that name`, {
    hint: "tina-daemon rules",
  })
}

const approvalColumns = [
  { title: "number", align: "right" },
  { title: "rule" },
  { title: "age", align: "right" },
  { title: "wants", flexible: true },
] as const

async function approvals({ json }: Asked, { client }: DaemonLink, context: CommandContext) {
  const { stdout, clock } = context
  const answer = await client.call("automation.approvals")
  if (json) {
    printJson(stdout, answer)
    return 0
  }
  const rows = answer.approvals.map(({ id, ruleId, since, action }) => [
    `${id}`,
    { text: ruleId, colour: "bold" as const },
    ageOf(since, clock.now()),
    JSON.stringify(action),
  ])
  const layout = { paint: stdout.paint, columns: stdout.size().columns }
  const lines = rows.length === 0 ? ["Nothing waits."] : renderTable(approvalColumns, rows, layout)
  stdout.write(`${lines.join("\n")}\n`)
  return 0
}

const exitFailed = 1

async function decide(
  { verb, what, json }: Asked,
  { client }: DaemonLink,
  context: CommandContext,
) {
  const id = /^[1-9]\d{0,14}$/.test(what ?? "") ? Number(what) : undefined
  if (id === undefined) {
    const problem = what === undefined ? "its number is missing" : `"${what}" is no number`
    throw new TinaError("usage", `cannot ${verb}: ${problem}`, {
      hint: "tina-daemon rules approvals",
    })
  }
  const method = verb === "approve" ? "automation.approve" : "automation.deny"
  const { execution } = await client.call(method, { id })
  const { ruleId, status, taskId, error } = execution
  const more = error ?? taskId
  if (json) printJson(context.stdout, { execution })
  else context.stdout.write(`Rule ${ruleId}: ${status}${more === undefined ? "" : ` (${more})`}\n`)
  return status === "error" ? exitFailed : 0
}
