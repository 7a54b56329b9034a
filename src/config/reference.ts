/** The settings in Markdown, for the documentation: one row each, read from the schema. */
import { describeSettings } from "./describe.ts"
import { variableOf } from "./layers.ts"

export function configReference(): string {
  const rows = describeSettings().map(({ key, description, defaultText = "" }) => {
    const variable = variableOf(key)
    const name = variable === undefined ? `\`${key}\`` : `\`${key}\`<br>\`${variable}\``
    return `| ${[name, defaultText, description].map(escapeCell).join(" | ")} |`
  })
  return ["| setting, variable | default | meaning |", "| --- | --- | --- |", ...rows].join("\n")
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|")
}
