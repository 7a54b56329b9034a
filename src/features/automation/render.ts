/**
 * An action with the event's values in it, ready to be shown and to be run. In a command each word stays one word,
 * whatever is in it, and the program is never touched. Pure.
 */
import type { RuleAction, RuleEvent } from "../../model/rule.ts"
import { fillTemplate, toPlainText } from "./field.ts"

export type RenderOutcome =
  | { readonly ok: true; readonly action: RuleAction }
  | { readonly ok: false; readonly reason: string }

export function renderAction(action: RuleAction, event: RuleEvent): RenderOutcome {
  switch (action.type) {
    case "agent":
      return { ok: true, action: { ...action, prompt: fillTemplate(action.prompt, event) } }
    case "notify":
      return { ok: true, action: { ...action, message: fillTemplate(action.message, event) } }
    case "method":
      return { ok: true, action: { ...action, params: fillParams(action.params, event) } }
    case "cli":
      return renderCommand(action, event)
    case "webhook":
      return { ok: true, action }
  }
}

function renderCommand(
  action: RuleAction & { readonly type: "cli" },
  event: RuleEvent,
): RenderOutcome {
  const [program = "", ...words] = action.command
  const filled = words.map((word) => fillTemplate(word, event, toPlainText))
  // A value is no option, and no program can be given a NUL.
  const wrong = filled.find(
    (word, index) =>
      (word.startsWith("-") && !words[index]?.startsWith("-")) || word.includes("\0"),
  )
  if (wrong === undefined) return { ok: true, action: { ...action, command: [program, ...filled] } }
  return { ok: false, reason: `a value cannot be a word of the command: ${wrong.slice(0, 100)}` }
}

function fillParams(
  params: Readonly<Record<string, unknown>>,
  event: RuleEvent,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === "string" ? fillTemplate(value, event, toPlainText) : value,
    ]),
  )
}
