/**
 * The figures that were measured last, as tables of the documents. On a machine that does nothing else:
 * `bun run bench --json > bench/measured.json && bun scripts/docs.ts`.
 */
import { z } from "zod"
import type { Bench } from "./bench.ts"
import { benches } from "./figures.ts"
import measured from "./measured.json"

const figureSchema = z.union([
  z.object({ value: z.number(), unit: z.string(), n: z.number() }),
  z.object({ p50: z.number(), p99: z.number(), unit: z.string(), n: z.number() }),
])

const measuredSchema = z.object({
  machine: z.object({ os: z.string(), cpu: z.string(), cores: z.number(), memoryGb: z.number() }),
  figures: z.record(z.string(), figureSchema),
})

/** Those of the local deployment have a table of their own. */
const isLocal = ({ name }: Bench) => name.startsWith("local.")

export function localTable(): string {
  return measuredTable(benches.filter(isLocal))
}

export function dataPathTable(): string {
  return measuredTable(benches.filter((bench) => !isLocal(bench)))
}

/** In Markdown: a line about the machine, and a row for each figure. */
function measuredTable(shown: readonly Bench[]): string {
  const { machine, figures } = measuredSchema.parse(measured)
  const { os, cpu, cores, memoryGb } = machine
  const rows = shown.flatMap(({ name, summary }) => {
    const figure = figures[name]
    return figure === undefined ? [] : `| ${summary} | \`${name}\` | ${describeFigure(figure)} |`
  })
  return [
    `Measured on ${cores} cores of ${cpu} with ${memoryGb} GB, ${os}:`,
    "",
    "| what | figure | measured |",
    "| --- | --- | --- |",
    ...rows,
  ].join("\n")
}

function describeFigure(figure: z.infer<typeof figureSchema>): string {
  const { unit } = figure
  if ("value" in figure) return `${figure.value.toLocaleString("en")} ${unit}`
  return `${figure.p50} ${unit}, 99 % within ${figure.p99} ${unit}`
}
