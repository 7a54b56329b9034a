/** `completions`: what bash, zsh or fish need to complete the commands, their options and the methods. */
import { methods } from "../../api/methods.ts"
import { resolveSubCommands, sessionCommand } from "../../session/command.ts"
import { command } from "../command.ts"
import { commandEntries } from "../commands.ts"
import { renderCompletions, shells } from "../completions.ts"
import type { CompletedCommand } from "../completions.ts"
import { deploymentVerbs } from "./deployment.ts"
import { ruleVerbs } from "./rules.ts"
import { taskVerbs } from "./task.ts"

export const completionsCommand = command({
  name: "completions",
  args: { shell: { type: "positional", required: true, description: shells.join(", ") } },
  details: [
    "bash  tina-daemon completions bash > ~/.local/share/bash-completion/completions/tina-daemon",
    "zsh   tina-daemon completions zsh > a directory of your fpath, as _tina-daemon",
    "fish  tina-daemon completions fish > ~/.config/fish/completions/tina-daemon.fish",
  ].join("\n"),
  async execute({ shell }, { stdout }) {
    stdout.write(renderCompletions(shell, await completedCommands()))
    return 0
  },
})

async function completedCommands(): Promise<CompletedCommand[]> {
  const words = {
    rpc: Object.keys(methods),
    completions: shells,
    task: taskVerbs,
    rules: ruleVerbs,
    deployment: deploymentVerbs,
    session: (await resolveSubCommands(sessionCommand)).map(([name]) => name),
    help: commandEntries.map(([name]) => name),
  } as const satisfies Record<string, readonly string[]>
  const wordsOf = new Map<string, readonly string[]>(Object.entries(words))
  const shown = commandEntries.filter(([, { group }]) => group !== undefined)
  return await Promise.all(
    shown.map(async ([name, { summary, load }]) => {
      const { help } = await load()
      return { name, summary, args: help.args, words: wordsOf.get(name) ?? [] }
    }),
  )
}
