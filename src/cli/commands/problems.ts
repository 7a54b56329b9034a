/** `problems`: what could not be read or done, each with what to do about it. */
import type { ProblemView } from "../../api/views.ts"
import { toPrintable } from "../../base/printable.ts"
import { command } from "../command.ts"
import type { CommandContext } from "../command.ts"
import { linkArgs } from "../daemon-link.ts"
import { printJson } from "../print/json.ts"
import { ageOf } from "../print/text.ts"
import { openSource } from "../source.ts"

export const problemsCommand = command({
  name: "problems",
  args: { json: { type: "boolean", description: "For programs" }, ...linkArgs },
  async execute(args, context) {
    await using source = await openSource(args, context)
    const { problems } = await source.call("problems.list", {})
    if (args.json) printJson(context.stdout, { problems })
    else printProblems(problems, context)
    return 0
  },
})

function printProblems(problems: readonly ProblemView[], { stdout, clock }: CommandContext): void {
  const lines = problems.flatMap((problem) => problemLines(problem, clock.now(), stdout.paint))
  stdout.write(`${(lines.length === 0 ? ["No problems."] : lines).join("\n")}\n`)
}

function problemLines(
  { source, code, message, hint, since, count }: ProblemView,
  now: number,
  paint: CommandContext["stdout"]["paint"],
): string[] {
  const times = count > 1 ? `, ${count} times` : ""
  const when = paint("dim", `${toPrintable(code)}, for ${ageOf(since, now)}${times}`)
  return [
    `${paint("yellow", "!")} ${paint("bold", toPrintable(source))}  ${when}`,
    `  ${toPrintable(message)}`,
    ...(hint === undefined ? [] : [`  ${paint("dim", "try")} ${toPrintable(hint)}`]),
  ]
}
