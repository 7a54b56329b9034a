/** Completion scripts for three shells, from one description of the commands. Pure text. */
import type { ArgDef, ArgsDef } from "citty"
import { TinaError } from "../base/errors.ts"
import { aliasesOf, globalArgs, takesValue, valuesOf } from "./options.ts"

export interface CompletedCommand {
  readonly name: string
  readonly summary: string
  readonly args: ArgsDef
  /** What may follow it that is no option. */
  readonly words: readonly string[]
}

export const shells = ["bash", "zsh", "fish"] as const

const renderers = { bash: renderBash, zsh: renderZsh, fish: renderFish }

/** TinaError `usage` for another shell. */
export function renderCompletions(shell: string, commands: readonly CompletedCommand[]): string {
  const known = shells.find((name) => name === shell)
  if (known !== undefined) return renderers[known](commands)
  throw new TinaError(
    "usage",
    `cannot print completions for ${shell}: only for ${shells.join(", ")}`,
    {
      hint: "tina-daemon completions --help",
    },
  )
}

interface CompletedOption {
  /** `--lines`, and `-n` where there is one. */
  readonly forms: readonly string[]
  readonly name: string
  readonly definition: ArgDef
}

function optionsOf(args: ArgsDef): CompletedOption[] {
  return Object.entries(args)
    .filter(([, { type }]) => type !== "positional")
    .map(([name, definition]) => {
      const forms = [...aliasesOf(definition).map((alias) => `-${alias}`), `--${name}`]
      return { forms, name, definition }
    })
}

function renderBash(commands: readonly CompletedCommand[]): string {
  const all = optionsOf(Object.assign({}, ...commands.map(({ args }) => args), globalArgs))
  const values = all
    .filter(({ definition }) => takesValue(definition))
    .map(({ forms, definition }) => {
      const reply = isPath(definition)
        ? `COMPREPLY=($(compgen -f -- "$word"))`
        : `COMPREPLY=($(compgen -W ${quote(valuesOf(definition).join(" "))} -- "$word"))`
      return `    ${forms.join("|")}) ${reply}; return ;;`
    })
  const cases = commands.map(({ name, args, words }) => {
    const forms = optionsOf(args).flatMap((option) => option.forms)
    return `    ${name}) known=${quote([...words, ...forms, "--help"].join(" "))} ;;`
  })
  const top = [
    ...commands.map(({ name }) => name),
    ...optionsOf(globalArgs).flatMap((o) => o.forms),
  ]
  return `# bash completion of tina-daemon
_tina_daemon() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command= i known
  case $previous in
${values.join("\n")}
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${commands.map(({ name }) => name).join("|")}) command=\${COMP_WORDS[i]}; break ;;
    esac
  done
  case $command in
${cases.join("\n")}
    *) known=${quote([...top, "--help", "--version"].join(" "))} ;;
  esac
  COMPREPLY=($(compgen -W "$known" -- "$word"))
}
complete -F _tina_daemon tina-daemon
`
}

function renderZsh(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`)
  const cases = commands.map(({ name, args, words }) => {
    const rest = words.length === 0 ? [] : [quote(`*:word:(${words.join(" ")})`)]
    return `    ${name}) _arguments ${[...zshOptions(args), ...rest].join(" ")} ;;`
  })
  return `#compdef tina-daemon
_tina-daemon() {
  local line state
  local -a commands
  commands=(
${names.join("\n")}
  )
  _arguments -C ${zshOptions(globalArgs).join(" ")} '1: :->command' '*:: :->rest'
  case $state in
  command) _describe command commands ;;
  rest)
    case $line[1] in
${cases.join("\n")}
    esac ;;
  esac
}
if [ "$funcstack[1]" = _tina-daemon ]; then _tina-daemon "$@"; else compdef _tina-daemon tina-daemon; fi
`
}

function zshOptions(args: ArgsDef): string[] {
  return optionsOf(args).flatMap(({ forms, name, definition }) => {
    const text = (definition.description ?? "").replaceAll(/[[\]:]/g, " ")
    const values = valuesOf(definition)
    const action = isPath(definition) ? "_files" : values.length > 0 ? `(${values.join(" ")})` : " "
    const value = takesValue(definition) ? `:${name}:${action}` : ""
    return forms.map((form) => quote(`${form}[${text}]${value}`))
  })
}

function renderFish(commands: readonly CompletedCommand[]): string {
  const here = "__fish_use_subcommand"
  const lines = commands.flatMap(({ name, summary, args, words }) => {
    const there = quote(`__fish_seen_subcommand_from ${name}`)
    return [
      `complete -c tina-daemon -f -n ${here} -a ${name} -d ${quote(summary)}`,
      ...optionsOf(args).map(
        (option) => `complete -c tina-daemon -f -n ${there} ${fishOption(option)}`,
      ),
      ...words.map((word) => `complete -c tina-daemon -f -n ${there} -a ${word}`),
    ]
  })
  const top = optionsOf(globalArgs).map(
    (option) => `complete -c tina-daemon -f -n ${here} ${fishOption(option)}`,
  )
  return `# fish completion of tina-daemon\n${[...top, ...lines].join("\n")}\n`
}

function fishOption({ forms, name, definition }: CompletedOption): string {
  const short = forms.filter((form) => !form.startsWith("--")).map((form) => ` -s ${form.slice(1)}`)
  const values = valuesOf(definition)
  const given =
    values.length > 0 ? ` -a ${quote(values.join(" "))}` : isPath(definition) ? " -F" : ""
  const value = takesValue(definition) ? ` -r${given}` : ""
  return `-l ${name}${short.join("")}${value} -d ${quote(definition.description ?? "")}`
}

/** Where a file name is wanted. */
function isPath({ valueHint }: ArgDef): boolean {
  return valueHint === "path" || valueHint === "dir"
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
